//! `export`: records in the standard's form: of one learner to standard output, of all into a folder or as lines.

use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use clap::Subcommand;

use super::{Failure, opened, say, tell};
use crate::{
    clock, clr,
    config::Config,
    db::Db,
    models::{Actor, profile, record},
    registrar::{
        Portal, Refusal, clr1,
        export::{self, Export, Form, Piece, Selection},
    },
};

/// What is written out.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// One learner's whole record as CLR 1.0 JSON
    Clr {
        /// The learner: the id here, the student number or the profile id
        #[arg(long)]
        learner: String,
    },
    /// Every learner's record as CLR 1.0 JSON, the records published of it, and imported documents as they came
    All {
        /// The folder to make: a file for each learner, each published record and each imported document
        #[arg(required_unless_present = "ndjson")]
        dir: Option<PathBuf>,
        /// One file in the place of a folder, a record a line; `-` is standard output
        #[arg(long, value_name = "FILE", conflicts_with = "dir")]
        ndjson: Option<PathBuf>,
    },
}

/// Writes it.
pub async fn run(config: &Config, command: Command) -> Result<(), Failure> {
    let db = opened::existing(config).await?;
    let portal = Portal::without_keys(config.base_url.clone());
    match command {
        Command::Clr { learner } => one(&db, &portal, learner).await,
        Command::All { dir: Some(dir), .. } => into_folder(&db, &portal, &dir).await,
        Command::All { ndjson: Some(file), .. } if file.as_os_str() == "-" => {
            lines(&db, &portal, std::io::stdout()).await.map(|_| ())
        }
        Command::All { ndjson: Some(file), .. } => {
            let written = lines(&db, &portal, made(&file)?).await?;
            told(written, &file);
            Ok(())
        }
        Command::All { dir: None, ndjson: None } => Err(Failure::Usage("name a folder, or --ndjson FILE".to_owned())),
    }
}

async fn one(db: &Db, portal: &Portal, learner: String) -> Result<(), Failure> {
    let (base_url, exported) = (portal.base_url.clone(), portal.clone());
    let (person, bytes) = db
        .snapshot(move |conn| {
            let person = profile::person_named(conn, &learner)?
                .ok_or_else(|| Refusal::conflict(format!("there is no learner {learner:?}")))?;
            let record = record::assemble(conn, &person, &base_url, clock::now())?
                .ok_or_else(|| Refusal::conflict("choose the publisher in the settings before you export"))?;
            let clr = clr::v1::record_clr(&record);
            let proof = clr1::known(conn, &exported, &clr::v1::proof::signers(&clr))?;
            Ok::<_, Refusal>((person, proof.document(clr)))
        })
        .await?;
    export::note_one(db, &person, "CLR 1.0", Actor::command("export")).await?;
    let mut out = std::io::stdout().lock();
    out.write_all(&bytes)?;
    out.write_all(b"\n")?;
    Ok(out.flush()?)
}

/// An export of everything, once the audit trail has its entry.
async fn begun(db: &Db, portal: &Portal, form: Form) -> Result<Export, Failure> {
    let noted = Selection::everything();
    db.write(move |conn| export::begin(conn, &noted, form, &Actor::command("export"))).await?;
    Ok(Export::new(db, portal, Selection::everything(), form))
}

async fn into_folder(db: &Db, portal: &Portal, dir: &Path) -> Result<(), Failure> {
    let shown = dir.display();
    let is_filled = dir.read_dir().is_ok_and(|mut entries| entries.next().is_some());
    if is_filled {
        return Err(Failure::refused(format!("{shown} is not empty; name a new folder")));
    }
    let mut export = begun(db, portal, Form::Files).await?;
    for name in ["learners", "published", "imported"] {
        let made = private_folder(&dir.join(name));
        made.map_err(|error| Failure::refused(format!("{shown} cannot be made: {error}")))?;
    }
    let mut written = 0;
    while let Some(pieces) = export.next().await? {
        for Piece { name, bytes } in pieces {
            made(&dir.join(name))?.write_all(&bytes)?;
            written += 1;
            progress(written);
        }
    }
    told(written, dir);
    Ok(())
}

async fn lines(db: &Db, portal: &Portal, out: impl Write) -> Result<usize, Failure> {
    let mut export = begun(db, portal, Form::Lines).await?;
    let (mut out, mut written) = (BufWriter::new(out), 0);
    while let Some(pieces) = export.next().await? {
        for piece in pieces {
            out.write_all(&piece.bytes)?;
            written += 1;
            progress(written);
        }
    }
    out.flush()?;
    Ok(written)
}

fn progress(written: usize) {
    if written.is_multiple_of(10_000) {
        tell(&format!("{written} documents"));
    }
}

fn told(written: usize, to: &Path) {
    let documents = if written == 1 { "document" } else { "documents" };
    say(&format!("Exported {written} {documents} to {}.", to.display()));
}

/// A folder that only its owner can look into: what is in it is personal.
fn private_folder(path: &Path) -> std::io::Result<()> {
    let mut folder = DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder.create(path)
}

/// A new file that only its owner can read.
pub fn made(path: &Path) -> Result<fs::File, Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| {
        let path = path.display();
        Failure::refused(match error.kind() {
            std::io::ErrorKind::AlreadyExists => format!("{path} is there already; name a new file"),
            _ => format!("{path} cannot be made: {error}"),
        })
    })
}
