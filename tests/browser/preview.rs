//! `socklab lesson preview` beside an author's editor.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::ensure;
use support::binary::path;

use crate::page::{Page, SIZES, with_page_of};

/// Saves a file as many editors do: writes another one and puts it in place of the first.
fn save(folder: &Path, file: &str, change: impl FnOnce(String) -> String) -> anyhow::Result<()> {
    let text = change(fs::read_to_string(folder.join(file))?);
    fs::write(folder.join("saved~"), text)?;
    Ok(fs::rename(folder.join("saved~"), folder.join(file))?)
}

async fn saved(page: &Page, folder: &Path) -> anyhow::Result<()> {
    page.go("/").await?;
    page.speak("en").await?;
    page.until_said("Why it matters, in two sentences.").await?;

    save(folder, "en.md", |text| text.replace("title: ", "title: Afresh: "))?;
    page.until_said("Afresh: ").await?;

    // A fault is told with its place and what to do, over the last good version; it takes nothing away.
    save(folder, "lesson.toml", |text| text.replace("program = \"server.py\"", "program = \"sever.py\""))?;
    let told = page.until_said("\"sever.py\"").await?;
    ensure!(told.contains("lesson.toml:") && told.contains("correct its name"), "place and mend: {told}");
    ensure!(told.contains("Afresh: ") && told.contains("last version"), "the good one is still there: {told}");
    for (name, size) in SIZES {
        page.resize(size).await?;
        for scheme in ["light", "dark"] {
            page.prefer(scheme).await?;
            page.screenshot(&format!("preview-fault-{name}-{scheme}")).await?;
        }
    }

    // Whatever stands in the files, or does not.
    fs::write(folder.join("lesson.toml"), [0xff, 0x00, 0xfe])?;
    page.until_said("UTF-8").await?;
    fs::remove_dir_all(folder)?;
    page.until_said("cannot read").await?;

    let output = Command::new(path()).args(["lesson", "new"]).arg(folder).output()?;
    ensure!(output.status.success(), "{output:?}");
    save(folder, "en.md", |text| text.replace("title: ", "title: Back: "))?;
    page.until_said("Back: ").await?;
    Ok(())
}

#[tokio::test]
async fn a_preview_shows_what_is_saved_and_what_is_wrong_with_it() -> anyhow::Result<()> {
    let room = tempfile::tempdir()?;
    let folder = room.path().join("21-new");
    let name = folder.to_str().expect("a temporary folder's name is text");
    let output = Command::new(path()).args(["lesson", "new", name]).output()?;
    ensure!(output.status.success(), "{output:?}");
    with_page_of("preview", &["lesson", "preview", name], async |page| saved(page, &folder).await).await
}
