//! The file of a backup.
//!
//! ```text
//! {"testamur":"backup","format":1,…}      in clear, one line: what it is, and what it needs
//! …                                        gzip: the lines of the dump, then {"end":{"tables":…,"rows":…,"digest":"…"}}
//! 64 hexadecimal digits                    SHA-256 of every byte before them, and a line end
//! ```
//!
//! The checksum covers the bytes of the file and not what they unpack to: gzip has bits that nobody looks at, and a file
//! of which one bit is wrong was not kept well.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write},
    path::Path,
};

use flate2::read::GzDecoder;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    clock,
    db::{
        Conn, Level,
        dump::{self, Contents, DumpError, hexadecimal},
    },
    registrar::Refusal,
};

/// The format that is written, and the newest that is read.
const FORMAT: u64 = 1;
/// The checksum with its line end.
const SEAL: u64 = 65;
/// A header is shorter than this.
const HEADER_BYTES: u64 = 1 << 20;
/// No row is as long, in the largest of which an import lies.
const LINE_BYTES: u64 = 1 << 28;
/// How the last line of a dump begins.
const END: &str = "{\"end\":";

/// What a backup says of itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Header {
    testamur: String,
    format: u64,
    /// The version of the program that made it.
    pub program: String,
    /// When it was made, UTC.
    pub made_at: chrono::DateTime<chrono::Utc>,
    /// The kind of database it was made of: `sqlite` or `postgres`.
    pub database: String,
    /// The migrations that database had.
    pub migrations: Vec<String>,
    /// The fingerprint of the master key; none when there was no key yet.
    pub master_key: Option<String>,
    /// The tables that are not in it.
    pub left_out: Vec<String>,
}

impl Header {
    /// The header of a backup of this database, made now.
    pub fn of(conn: &mut Conn, master_key: Option<String>) -> Self {
        let Level { applied, sqlite } = Level::of(conn);
        Self {
            testamur: "backup".to_owned(),
            format: FORMAT,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            made_at: clock::now(),
            database: if sqlite { "sqlite" } else { "postgres" }.to_owned(),
            migrations: applied,
            master_key,
            left_out: dump::LEFT_OUT.map(str::to_owned).into(),
        }
    }

    /// As its line, with the line end.
    pub fn line(&self) -> Result<String, Refusal> {
        let line = serde_json::to_string(self).map_err(|error| Refusal::Defect(error.to_string()))?;
        Ok(line + "\n")
    }

    /// The state of the database it was made of.
    pub fn level(&self) -> Level {
        Level { applied: self.migrations.clone(), sqlite: self.database == "sqlite" }
    }
}

/// The last line of the dump.
pub fn end_line(contents: &Contents) -> String {
    let Contents { tables, rows, digest } = contents;
    format!("{END}{}}}\n", serde_json::json!({ "tables": tables, "rows": rows, "digest": digest }))
}

fn parse_end(line: &str) -> Option<Contents> {
    #[derive(Deserialize)]
    struct End {
        tables: u64,
        rows: u64,
        digest: String,
    }
    let End { tables, rows, digest } = serde_json::from_str(line.strip_prefix(END)?.strip_suffix('}')?).ok()?;
    Some(Contents { tables, rows, digest })
}

/// A writer that hashes what passes, to write the checksum last.
pub struct Sealed<W> {
    out: W,
    hash: Sha256,
}

impl<W: Write> Sealed<W> {
    /// Around a writer.
    pub fn new(out: W) -> Self {
        Self { out, hash: Sha256::new() }
    }

    /// Writes the checksum.
    pub fn seal(mut self) -> io::Result<()> {
        writeln!(self.out, "{}", hexadecimal(&self.hash.finalize()))?;
        self.out.flush()
    }
}

impl<W: Write> Write for Sealed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A backup that was read from its first to its last byte and found whole.
#[derive(Debug)]
pub struct Opened {
    file: File,
    /// Where the packed lines begin, and how many bytes they are.
    body: (u64, u64),
    /// What it says of itself.
    pub header: Header,
    /// What it holds.
    pub contents: Contents,
    /// How many rows of each table.
    pub rows: BTreeMap<String, u64>,
}

impl Opened {
    /// Opens a backup and checks the whole of it, see [`Self::read`].
    pub fn open(path: &Path) -> Result<Self, Refusal> {
        let name = path.display().to_string();
        let file = File::open(path).map_err(|error| unreadable(&name, &error))?;
        Self::read(file, &name)
    }

    /// Checks the whole of a backup: format, checksum, every line. Changes nothing. `name` is what a refusal calls it.
    pub fn read(file: File, name: &str) -> Result<Self, Refusal> {
        let unreadable = |error: io::Error| unreadable(name, &error);
        let damaged = |why: &str| Refusal::conflict(format!("{name} is damaged: {why}; nothing was changed"));
        let (header, begins) = header(&file).map_err(unreadable)?.ok_or_else(|| {
            Refusal::conflict(format!(
                "{name} is not a backup of Testamur, or its beginning is damaged; nothing was changed"
            ))
        })?;
        let header = serde_json::from_value::<Header>(header).map_err(|_| damaged("its first line cannot be read"))?;
        if header.format > FORMAT {
            let program = &header.program;
            return Err(Refusal::conflict(format!(
                "{name} was made by a newer version of Testamur ({program}); restore it with that version"
            )));
        }
        let length = file.metadata().map_err(unreadable)?.len();
        let packed = length.checked_sub(begins + SEAL).ok_or_else(|| damaged("its end is missing"))?;
        if !is_sealed(&file, begins + packed).map_err(unreadable)? {
            return Err(damaged("its checksum does not fit"));
        }
        let mut opened = Self {
            file,
            body: (begins, packed),
            header,
            contents: Contents { tables: 0, rows: 0, digest: String::new() },
            rows: BTreeMap::new(),
        };
        let mut lines = opened.lines().map_err(unreadable)?;
        let (found, rows) = dump::check(&mut lines).map_err(|error| damaged(&error.to_string()))?;
        let told = lines.end.ok_or_else(|| damaged("its last line is missing"))?;
        if found != told {
            return Err(damaged("it does not hold what it says it holds"));
        }
        opened.contents = found;
        opened.rows = rows;
        Ok(opened)
    }

    /// The lines of the dump, from the first.
    pub fn lines(&self) -> io::Result<Lines<'_>> {
        let (begins, length) = self.body;
        let mut file = &self.file;
        file.seek(SeekFrom::Start(begins))?;
        let packed = BufReader::new(GzDecoder::new(BufReader::new(file.take(length))));
        Ok(Lines { packed, end: None })
    }
}

fn unreadable(name: &str, error: &io::Error) -> Refusal {
    Refusal::conflict(format!("{name} cannot be read: {error}"))
}

/// The first line, if it is that of a backup, and where what follows begins.
fn header(mut file: &File) -> io::Result<Option<(serde_json::Value, u64)>> {
    let mut line = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    BufReader::new(file.take(HEADER_BYTES)).read_until(b'\n', &mut line)?;
    let found = serde_json::from_slice::<serde_json::Value>(&line).ok();
    let is_one = |value: &serde_json::Value| value.get("testamur").and_then(|kind| kind.as_str()) == Some("backup");
    Ok(found.filter(is_one).filter(|_| line.ends_with(b"\n")).map(|value| (value, line.len() as u64)))
}

/// Whether the checksum behind the first so many bytes is theirs, sign for sign.
fn is_sealed(mut file: &File, bytes: u64) -> io::Result<bool> {
    file.seek(SeekFrom::Start(0))?;
    let (mut hash, mut chunk, mut left) = (Sha256::new(), vec![0; 1 << 16], bytes);
    while left > 0 {
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(chunk.len());
        let read = file.read(chunk.get_mut(..most).unwrap_or_default())?;
        if read == 0 {
            return Ok(false);
        }
        hash.update(chunk.get(..read).unwrap_or_default());
        left -= read as u64;
    }
    let mut seal = Vec::new();
    file.read_to_end(&mut seal)?;
    Ok(seal == format!("{}\n", hexadecimal(&hash.finalize())).into_bytes())
}

/// The lines of a dump, up to its last one, which says what was in it.
pub struct Lines<'a> {
    packed: BufReader<GzDecoder<BufReader<io::Take<&'a File>>>>,
    end: Option<Contents>,
}

impl Lines<'_> {
    /// The next line without its end. What packs well may unpack to more than there is memory.
    fn line(&mut self) -> io::Result<Option<String>> {
        let mut line = Vec::new();
        let read = self.packed.by_ref().take(LINE_BYTES).read_until(b'\n', &mut line)?;
        if line.pop_if(|last| *last == b'\n').is_none() && read as u64 == LINE_BYTES {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a line is longer than any row"));
        }
        let text = String::from_utf8(line).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        Ok((read > 0).then_some(text))
    }
}

impl Iterator for Lines<'_> {
    type Item = io::Result<String>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.end.is_some() {
            return None;
        }
        let line = self.line().transpose()?;
        if let Ok(text) = &line
            && text.starts_with(END)
        {
            self.end = parse_end(text);
            return None;
        }
        Some(line)
    }
}

impl From<DumpError> for Refusal {
    fn from(error: DumpError) -> Self {
        match error {
            DumpError::Database(error) => Refusal::Database(error),
            other => Refusal::conflict(other.to_string()),
        }
    }
}
