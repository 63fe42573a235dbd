//! `overcoat mask`: to a body, exactly what the proxy would do to that answer.

use std::fs::File;
use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::sync::Arc;

use super::asked::{asked, headers};
use super::asker::asker;
use super::cli::{DONE, MaskArgs, fail, refuse};
use crate::body::{Answer, AnswerHead, BodyError};
use crate::catalog::Protect;
use crate::config::preview::is_export;
use crate::config::{self, Settings};
use crate::policy::Permit;

/// Reads in pieces of at most this many bytes, whatever `--chunk-bytes` says.
const READ_BYTES: usize = 1 << 20;

/// Why nothing more is written.
enum Stop {
    Refused(BodyError),
    Io(io::Error),
}

impl From<BodyError> for Stop {
    fn from(error: BodyError) -> Self {
        Self::Refused(error)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Masks a body.
pub fn run(args: MaskArgs) -> ExitCode {
    let loaded = match config::load(&args.config.config) {
        Ok(loaded) => loaded,
        Err(complaints) => return fail(complaints),
    };
    let (subject, environment) = match asker(&args.asker, &loaded.settings, &loaded.snapshot) {
        Ok(asker) => asker,
        Err(error) => return fail(error),
    };
    let (asked, headers) = match asked(&args.request).and_then(|a| Ok((a, headers(&args.headers)?))) {
        Ok(both) => both,
        Err(error) => return fail(error),
    };
    let permit = match asked.permit(&loaded.snapshot, &subject, &environment) {
        Ok(permit) => permit,
        Err(reason) => return refuse(reason),
    };
    let head = AnswerHead {
        method: &asked.method,
        status: args.status,
        headers: &headers,
    };
    match pass(&args, &loaded.settings, &head, &permit) {
        Ok(held) => {
            if held {
                eprintln!("overcoat: note: the proxy would hold this answer as an export");
            }
            ExitCode::from(DONE)
        }
        Err(Stop::Refused(error)) => refuse(error),
        Err(Stop::Io(error)) => fail(error),
    }
}

/// Reads, rewrites and writes as a stream. Says whether the answer is an export.
fn pass(args: &MaskArgs, settings: &Settings, head: &AnswerHead<'_>, permit: &Permit) -> Result<bool, Stop> {
    let mut input: Box<dyn Read> = match &args.file {
        Some(path) => Box::new(File::open(path)?),
        None => Box::new(io::stdin().lock()),
    };
    let mut output = io::stdout().lock();
    if permit.route().protect() == Protect::Open {
        io::copy(&mut input, &mut output)?;
        return Ok(false);
    }
    let mut answer = Answer::new(head, Arc::clone(permit.plan()), &settings.proxy.limits.body())?;
    let mut piece = vec![0; (args.chunk_bytes as usize).min(READ_BYTES)];
    let mut out = Vec::new();
    loop {
        let read = input.read(&mut piece)?;
        if read == 0 {
            break;
        }
        // What is in `out` at an error is safe to send: it was masked before the broken place.
        let pushed = push(&mut answer, &piece[..read], &mut out, &mut output);
        output.write_all(&out)?;
        out.clear();
        pushed?;
    }
    let mut signs = answer.export_signs();
    let finished = answer.finish(&mut out);
    output.write_all(&out)?;
    output.flush()?;
    let summary = finished?;
    signs.records = signs.records.max(summary.tally.records);
    Ok(is_export(permit.export(), &signs))
}

fn push(answer: &mut Answer, piece: &[u8], out: &mut Vec<u8>, output: &mut impl Write) -> Result<(), Stop> {
    answer.push(piece, out)?;
    while answer.is_behind() {
        output.write_all(out)?;
        out.clear();
        answer.push(&[], out)?;
    }
    Ok(())
}
