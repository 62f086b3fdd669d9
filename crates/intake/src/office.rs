//! Word before 2007, RTF and OpenDocument, converted to DOCX by LibreOffice where it is installed.
//!
//! LibreOffice works in a folder of its own that is thrown away, runs no macros, follows no links to other
//! places, and ends with the limits.

use crate::child::{Bounds, ChildCommand, ChildFault, run};
use crate::error::Foreign;
use crate::{Diagnostic, Fault, Format, Intake, Limits, Notice, docx};
use std::path::Path;

/// Settings of the profile: no macros, no active content, nothing fetched from elsewhere.
const SETTINGS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>2</value></prop></item>
</oor:items>
"#;

/// Takes a file that LibreOffice can convert.
///
/// # Errors
/// The refusal of its format with the remedy where LibreOffice is not installed or not wanted; else when
/// it cannot be converted, or as for a DOCX.
pub(crate) fn take(bytes: &[u8], format: Format, limits: &Limits) -> Result<Intake, Fault> {
    let refusal = Fault::Foreign(match format {
        Format::Rtf => Foreign::Rtf,
        Format::Odt => Foreign::OpenDocument,
        _ => Foreign::OldOffice,
    });
    if !limits.office {
        return Err(refusal);
    }
    let converted = convert(bytes, format, limits)?.ok_or(refusal)?;
    let mut intake = docx::take(&converted, limits)?;
    intake.format = format;
    let notice = Diagnostic::of(Notice::ConvertedByOffice);
    intake.diagnostics.insert(0, notice);
    Ok(intake)
}

/// The file as DOCX; `None` where LibreOffice is not installed.
fn convert(bytes: &[u8], format: Format, limits: &Limits) -> Result<Option<Vec<u8>>, Fault> {
    let broken = |reason: String| Fault::Broken {
        part: "LibreOffice".into(),
        reason,
    };
    let in_folder = |e: std::io::Error| Fault::NoReader {
        reason: format!("temporary folder: {e}"),
    };
    let folder = tempfile::tempdir().map_err(in_folder)?;
    let extension = match format {
        Format::Rtf => "rtf",
        Format::Odt => "odt",
        _ => "doc",
    };
    let input = folder.path().join(format!("van-ban.{extension}"));
    std::fs::write(&input, bytes).map_err(in_folder)?;
    let user = folder.path().join("profile/user");
    std::fs::create_dir_all(&user).map_err(in_folder)?;
    std::fs::write(user.join("registrymodifications.xcu"), SETTINGS).map_err(in_folder)?;
    let bounds = Bounds {
        time: limits.office_timeout,
        memory: limits.office_memory,
        output: 1 << 20,
    };
    match run(&[], &command(folder.path(), &input, format), bounds) {
        Ok(_) => {}
        Err(ChildFault::NotStarted(_)) => return Ok(None),
        Err(ChildFault::Slow) => {
            let seconds = limits.office_timeout.as_secs();
            return Err(Fault::Slow { seconds });
        }
        Err(ChildFault::TooMuch | ChildFault::Died) => {
            return Err(broken("it died on the file".into()));
        }
    }
    let made = folder.path().join("van-ban.docx");
    match std::fs::metadata(&made) {
        Ok(made) if made.len() > limits.max_bytes as u64 => Err(Fault::TooLarge {
            what: crate::Measure::FileBytes,
            limit: limits.max_bytes as u64,
        }),
        Ok(_) => std::fs::read(&made).map(Some).map_err(in_folder),
        // It says well done even when it could not load the file.
        Err(_) => Err(broken("it could not load the file".into())),
    }
}

fn command(folder: &Path, input: &Path, format: Format) -> ChildCommand {
    // Named, or it takes a broken file for plain text in some far-off encoding.
    let filter = match format {
        Format::Rtf => "--infilter=Rich Text Format",
        Format::Odt => "--infilter=writer8",
        _ => "--infilter=MS Word 97",
    };
    let profile = format!("-env:UserInstallation=file://{}/profile", folder.display());
    let fixed = [
        "--headless",
        "--norestore",
        filter,
        "--convert-to",
        "docx:MS Word 2007 XML",
    ];
    let mut args: Vec<std::ffi::OsString> = vec![profile.into()];
    args.extend(fixed.iter().map(Into::into));
    args.extend(["--outdir".into(), folder.into(), input.into()]);
    ChildCommand {
        program: "soffice".into(),
        args,
    }
}
