//! Reads a map file (TOML). Whatever a file leaves out has its default.

use std::ops::RangeInclusive;

use serde::Deserialize;
use serde_spanned::Spanned;

use super::map::Sketch;
use drumbeat_shared::game::MapError;

/// Maximum length of a map's name, bytes.
const NAME_BYTES_MAX: usize = 32;
/// Maximum number of fixed rocks.
const FIXED_ROCKS_MAX: usize = 64;
/// Size of the world, units: there is space between two of the largest rocks, and a place fits its
/// field.
const WIDTH: RangeInclusive<f32> = 1_000.0..=32_000.0;
const HEIGHT: RangeInclusive<f32> = 600.0..=32_000.0;
/// Radius of a rock, units.
const RADIUS: RangeInclusive<f32> = 10.0..=200.0;

type Number = Option<Spanned<f32>>;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    name: Option<Spanned<String>>,
    world: Option<World>,
    rocks: Rocks,
    pickups: Pickups,
    ships: Ships,
    shots: Shots,
    rail: Rail,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct World {
    width: Spanned<f32>,
    height: Spanned<f32>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Rocks {
    per_view: Number,
    radius_min: Number,
    radius_max: Number,
    fixed: Option<Spanned<Vec<FixedRock>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FixedRock {
    x: Spanned<f32>,
    y: Spanned<f32>,
    radius: Spanned<f32>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Pickups {
    repair_per_view: Number,
    energy_per_view: Number,
    overdrive_per_view: Number,
    return_s: Number,
    overdrive_s: Number,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Ships {
    speed: Number,
    boost_speed: Number,
    drag: Number,
    turn_deg_per_s: Number,
    boost_s: Number,
    refill_s: Number,
    respawn_s: Number,
    protection_s: Number,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Shots {
    speed: Number,
    life_s: Number,
    damage: Option<Spanned<i64>>,
    pause_s: Number,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Rail {
    range: Number,
    damage: Option<Spanned<i64>>,
    pause_s: Number,
}

/// Reads the text of a map file.
///
/// # Errors
/// When it is not a valid map. The error names line, column, field, and what is allowed there.
pub(super) fn read(text: &str) -> Result<Sketch, MapError> {
    let file: File = toml::from_str(text).map_err(|error| {
        // The message may span lines, and uses Rust's names of types.
        let problem = error.message().trim().replace('\n', ", ");
        let problem = problem.replace("expected f32", "expected a number");
        let problem = problem.replace("expected i64", "expected a whole number");
        complain(text, error.span().map_or(0, |span| span.start), &problem)
    })?;
    let check = Check { text };
    let mut sketch = Sketch::default();
    if let Some(name) = file.name {
        let length = name.get_ref().len();
        if length == 0 || length > NAME_BYTES_MAX {
            let problem = format!("is {length} bytes long; allowed is 1 to {NAME_BYTES_MAX}");
            return Err(complain(text, name.span().start, &problem));
        }
        sketch.name = name.into_inner();
    }
    if let Some(World { width, height }) = &file.world {
        let [widths, heights] = [WIDTH, HEIGHT];
        sketch.size = Some([check.within(width, widths)?, check.within(height, heights)?]);
    }
    check.rocks(file.rocks, &mut sketch)?;
    check.pickups(&file.pickups, &mut sketch)?;
    check.ships(&file.ships, &mut sketch)?;
    check.shots(&file.shots, &mut sketch)?;
    check.rail(&file.rail, &mut sketch)?;
    Ok(sketch)
}

struct Check<'a> {
    text: &'a str,
}

impl Check<'_> {
    fn rocks(&self, file: Rocks, sketch: &mut Sketch) -> Result<(), MapError> {
        let [small, large] = &mut sketch.rock_radius;
        self.set(&mut sketch.rocks_per_view, &file.per_view, 0.0..=20.0)?;
        self.set(small, &file.radius_min, RADIUS)?;
        let least = *small;
        *large = large.max(least);
        self.set(large, &file.radius_max, least..=*RADIUS.end())?;
        let Some(fixed) = file.fixed else {
            return Ok(());
        };
        if fixed.get_ref().len() > FIXED_ROCKS_MAX {
            let problem =
                format!("has {} rocks; allowed are up to {FIXED_ROCKS_MAX}", fixed.get_ref().len());
            return Err(complain(self.text, fixed.span().start, &problem));
        }
        sketch.fixed_rocks.clear();
        // Places are relative to the centre of the world, which may be small.
        let [half_x, half_y] = sketch
            .size
            .map_or([1_000.0, 600.0], |[x, y]| [(x / 2.0).min(1_000.0), (y / 2.0).min(600.0)]);
        for rock in fixed.into_inner() {
            sketch.fixed_rocks.push([
                self.within(&rock.x, -half_x..=half_x)?,
                self.within(&rock.y, -half_y..=half_y)?,
                self.within(&rock.radius, RADIUS)?,
            ]);
        }
        Ok(())
    }

    fn pickups(&self, file: &Pickups, sketch: &mut Sketch) -> Result<(), MapError> {
        let rules = &mut sketch.rules;
        let [repair, energy, overdrive] = &mut rules.pickups_per_view;
        self.set(repair, &file.repair_per_view, 0.0..=10.0)?;
        self.set(energy, &file.energy_per_view, 0.0..=10.0)?;
        self.set(overdrive, &file.overdrive_per_view, 0.0..=10.0)?;
        self.set(&mut rules.pickup_return_s, &file.return_s, 1.0..=120.0)?;
        self.set(&mut rules.overdrive_s, &file.overdrive_s, 1.0..=60.0)
    }

    fn ships(&self, file: &Ships, sketch: &mut Sketch) -> Result<(), MapError> {
        let rules = &mut sketch.rules;
        self.set(&mut rules.speed, &file.speed, 50.0..=600.0)?;
        rules.boost_speed = rules.boost_speed.max(rules.speed);
        self.set(&mut rules.boost_speed, &file.boost_speed, rules.speed..=900.0)?;
        self.set(&mut rules.drag, &file.drag, 0.2..=5.0)?;
        self.set(&mut rules.turn_deg_per_s, &file.turn_deg_per_s, 90.0..=1_080.0)?;
        self.set(&mut rules.boost_s, &file.boost_s, 0.5..=20.0)?;
        self.set(&mut rules.refill_s, &file.refill_s, 1.0..=7.5)?;
        self.set(&mut rules.respawn_s, &file.respawn_s, 0.5..=10.0)?;
        self.set(&mut rules.protection_s, &file.protection_s, 0.5..=7.0)
    }

    fn shots(&self, file: &Shots, sketch: &mut Sketch) -> Result<(), MapError> {
        let rules = &mut sketch.rules;
        self.set(&mut rules.shot_speed, &file.speed, 200.0..=1_250.0)?;
        self.set(&mut rules.shot_life_s, &file.life_s, 0.2..=1.9)?;
        self.set(&mut rules.shot_pause_s, &file.pause_s, 0.1..=2.0)?;
        self.set_points(&mut rules.shot_damage, file.damage.as_ref())
    }

    fn rail(&self, file: &Rail, sketch: &mut Sketch) -> Result<(), MapError> {
        let rules = &mut sketch.rules;
        self.set(&mut rules.rail_range, &file.range, 200.0..=2_000.0)?;
        self.set(&mut rules.rail_pause_s, &file.pause_s, 0.3..=10.0)?;
        self.set_points(&mut rules.rail_damage, file.damage.as_ref())
    }

    /// Sets a number of hit points.
    fn set_points(&self, rule: &mut u8, value: Option<&Spanned<i64>>) -> Result<(), MapError> {
        let Some(value) = value else { return Ok(()) };
        *rule = match *value.get_ref() {
            points @ 1..=100 => points as u8,
            points => {
                let problem = format!("{points} is out of range; allowed is 1 to 100");
                return Err(complain(self.text, value.span().start, &problem));
            }
        };
        Ok(())
    }

    fn set(
        &self,
        rule: &mut f32,
        value: &Number,
        allowed: RangeInclusive<f32>,
    ) -> Result<(), MapError> {
        if let Some(value) = value {
            *rule = self.within(value, allowed)?;
        }
        Ok(())
    }

    fn within(&self, value: &Spanned<f32>, allowed: RangeInclusive<f32>) -> Result<f32, MapError> {
        let number = *value.get_ref();
        if allowed.contains(&number) {
            return Ok(number);
        }
        let (low, high) = allowed.into_inner();
        let problem = format!("{number} is out of range; allowed is {low} to {high}");
        Err(complain(self.text, value.span().start, &problem))
    }
}

/// An error with its place: line, column and field.
fn complain(text: &str, offset: usize, problem: &str) -> MapError {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    let column = before[line_start..].chars().count() + 1;
    let field = field_at(text, offset).map_or_else(String::new, |field| format!("{field}: "));
    MapError(format!("line {line}, column {column}: {field}{problem}"))
}

/// The field, with its table, at a place of the text. Good enough for map files, where a value of
/// several lines is a list of inline tables.
fn field_at(text: &str, offset: usize) -> Option<String> {
    let mut table = "";
    let mut field = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.split('#').next().unwrap_or_default().trim();
        if start > offset {
            break;
        }
        if let Some(head) = bare.strip_prefix('[') {
            table = head.trim_matches(['[', ']', ' ']);
            field = None;
        } else if let Some((key, _)) = bare.split_once('=')
            && !key.contains(['{', '"'])
        {
            field = Some(key.trim());
        }
        start += line.len();
    }
    match (table, field?) {
        ("", field) => Some(field.into()),
        (table, field) => Some(format!("{table}.{field}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_leaves_out_keeps_its_default() {
        assert_eq!(read("").unwrap(), Sketch::default());
        let sketch = read("name = \"Void\"\n[ships]\nspeed = 400").unwrap();
        let mut expected = Sketch { name: "Void".into(), ..Sketch::default() };
        expected.rules.speed = 400.0;
        assert_eq!(sketch, expected);
    }

    #[test]
    fn a_bad_map_is_refused_with_place_field_and_what_is_allowed() {
        let check = |text: &str, expected: &str| {
            let error = read(text).err().map(|error| error.0);
            assert_eq!(error.as_deref(), Some(expected), "for {text:?}");
        };
        check(
            "name = \"A\"\n[rocks]\nper_view = 21",
            "line 3, column 12: rocks.per_view: 21 is out of range; allowed is 0 to 20",
        );
        check(
            "[shots]\n# fast\n  damage = 0",
            "line 3, column 12: shots.damage: 0 is out of range; allowed is 1 to 100",
        );
        check(
            "[rail]\nrange = 1000\npause_s = 0.1",
            "line 3, column 11: rail.pause_s: 0.1 is out of range; allowed is 0.3 to 10",
        );
        check(
            "[ships]\nspeed = 500\nboost_speed = 400",
            "line 3, column 15: ships.boost_speed: 400 is out of range; allowed is 500 to 900",
        );
        check(
            "[rocks]\nfixed = [\n  { x = 5000, y = 0, radius = 20 },\n]",
            "line 3, column 9: rocks.fixed: 5000 is out of range; allowed is -1000 to 1000",
        );
        check(
            "[world]\nwidth = 999\nheight = 700",
            "line 2, column 9: world.width: 999 is out of range; allowed is 1000 to 32000",
        );
        check("[world]\nwidth = 1500", "line 1, column 1: missing field `height`");
        check("name = \"\"", "line 1, column 8: name: is 0 bytes long; allowed is 1 to 32");
        check(
            "[rocks]\nradius_max = nan",
            "line 2, column 14: rocks.radius_max: NaN is out of range; allowed is 28 to 200",
        );
        check(
            "[ships]\nwarp = 1",
            "line 2, column 1: ships.warp: unknown field `warp`, expected one of `speed`, \
             `boost_speed`, `drag`, `turn_deg_per_s`, `boost_s`, `refill_s`, `respawn_s`, \
             `protection_s`",
        );
        check(
            "[ships]\nspeed = \"fast\"",
            "line 2, column 9: ships.speed: invalid type: string \"fast\", expected a number",
        );
        check("[ships\nspeed = 1", "line 1, column 7: unclosed table, expected `]`");
        check(
            "[rocks]\nfixed = [{ x = 1, y = 2 }]",
            "line 2, column 10: rocks.fixed: missing field `radius`",
        );
    }
}
