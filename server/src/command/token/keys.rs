//! `token keys`: writes a new pair of keys.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::tickets::{Algorithm, Signer};

/// Make a pair of keys: a private one, which makes tickets, and a public one, which checks them
#[derive(Args, Debug)]
pub(super) struct Options {
    /// The folder to write them to; made if it is not there
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,

    /// How tickets will be signed
    #[arg(long, value_name = "NAME", value_enum, default_value_t = Algorithm::EdDsa)]
    algorithm: Algorithm,
}

/// Writes what the options ask for; returns what to do with it. `called` is how this command is
/// called.
pub(super) fn keys(options: &Options, called: &str) -> Result<String, String> {
    let signer = Signer::generate(options.algorithm)?;
    let public = signer.public_text()?;
    let folder = &options.out;
    fs::create_dir_all(folder)
        .map_err(|error| format!("cannot make the folder {}: {error}", folder.display()))?;
    let Some(public) = public else {
        let secret = folder.join("secret.txt");
        write(&secret, &signer.private_text()?, true)?;
        let secret = secret.display();
        return Ok(format!(
            "{secret}   makes and checks tickets: for your web site and the server, nobody else\n\
             \n  --ticket-keys {secret}   for the server\
             \n  {called} make --key {secret} --subject ada   makes a ticket\n"
        ));
    };
    let [private_file, public_file] = ["private.pem", "public.pem"].map(|name| folder.join(name));
    write(&private_file, &signer.private_text()?, true)?;
    write(&public_file, &public, false)?;
    let [private, public] = [private_file.display(), public_file.display()];
    Ok(format!(
        "{private}   makes tickets: for your web site, and nobody else\
         \n{public}    checks them: for the server\n\
         \n  --ticket-keys {public}   for the server\
         \n  {called} make --key {private} --subject ada   makes a ticket\n"
    ))
}

/// Writes a new file; a private one can be read by its owner alone.
fn write(path: &Path, text: &str, is_private: bool) -> Result<(), String> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if is_private {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    #[cfg(not(unix))]
    let _ = is_private;
    let file = options.open(path).and_then(|mut file| file.write_all(text.as_bytes()));
    file.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => format!(
            "{} is there already, and may be in use: name another folder with --out",
            path.display()
        ),
        _ => format!("cannot write {}: {error}", path.display()),
    })
}
