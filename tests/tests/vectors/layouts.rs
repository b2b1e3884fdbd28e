//! Layouts in words, as PROTOCOL.md shows them.

use serde_json::Value;

/// Maximum width of a line.
const WIDTH: usize = 110;

/// A line for each variant of an enum, or lines for the fields of a struct.
pub(super) fn lines(title: &str, layout: &Value) -> String {
    if let Some(variants) = layout["enum"].as_array() {
        let each = (0..).zip(variants).map(|(number, variant): (u32, _)| {
            let name = name(variant);
            let head = format!("  {number} {name:<8} ");
            wrapped(head, &parts(&variant["type"]))
        });
        return format!("{title}\n{}", each.collect::<String>());
    }
    wrapped(format!("{title:<8} "), &parts(layout))
}

fn name(part: &Value) -> &str {
    part["name"].as_str().expect("a part has a name")
}

/// The fields of a struct, one by one; anything else as it is.
fn parts(layout: &Value) -> Vec<String> {
    match layout["struct"].as_array() {
        Some(fields) => fields.iter().flat_map(inner).collect(),
        None => vec![whole(layout)],
    }
}

/// A field; one that is too long for a line, by its own fields.
fn inner(part: &Value) -> Vec<String> {
    let fields = part["type"]["struct"].as_array().filter(|_| field(part).len() > WIDTH);
    let Some(fields) = fields else { return vec![field(part)] };
    let mut all: Vec<_> = fields.iter().map(field).collect();
    all[0].insert_str(0, &format!("{}: (", name(part)));
    all.last_mut().expect("it is too long for none").push(')');
    all
}

fn field(part: &Value) -> String {
    format!("{}: {}", name(part), whole(&part["type"]))
}

fn whole(layout: &Value) -> String {
    let several = |key: &str, of: fn(&Value) -> String| {
        layout[key].as_array().map(|parts| parts.iter().map(of).collect::<Vec<_>>())
    };
    if let Some(plain) = layout.as_str() {
        plain.to_owned()
    } else if let Some(inside) = layout.get("option") {
        format!("option of {}", whole(inside))
    } else if let Some(inside) = layout.get("list") {
        format!("list of {}", whole(inside))
    } else if let Some(entries) = several("tuple", whole) {
        format!("({})", entries.join(", "))
    } else if let Some(fields) = several("struct", field) {
        format!("({})", fields.join(", "))
    } else {
        let variants = several("enum", |part| match whole(&part["type"]).as_str() {
            "unit" => name(part).to_owned(),
            inside => format!("{} {inside}", name(part)),
        });
        format!("one of {}", variants.expect("there is no other form").join(", "))
    }
}

/// Parts in lines, of which the further ones are indented as far as the first.
fn wrapped(head: String, parts: &[String]) -> String {
    let indent = head.len();
    let mut lines = vec![head];
    for part in parts {
        let line = lines.last_mut().expect("there is the first");
        let gap = if line.len() > indent { "   " } else { "" };
        if line.len() > indent && line.len() + gap.len() + part.len() > WIDTH {
            lines.push(format!("{:indent$}{part}", ""));
        } else {
            line.push_str(gap);
            line.push_str(part);
        }
    }
    lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
}
