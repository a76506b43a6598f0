//! A run in one HTML file, opened from a disk.

use std::fs;

use anyhow::ensure;

use crate::page::with_page;

/// What the file asked others for, and what its policy did not let it ask for.
const ASKED: &str = "const done = arguments[0];
    const names = performance.getEntriesByType('resource').map((entry) => entry.name);
    const asked = names.filter((name) => !name.startsWith('blob:') && !name.startsWith('data:'));
    const observer = new ReportingObserver((reports) => done(asked.concat(reports.map((one) => one.body.blockedURL))),
        { types: ['csp-violation'], buffered: true });
    observer.observe();
    setTimeout(() => done(asked), 500);";

#[tokio::test]
async fn a_replay_opens_from_a_disk_without_a_server() -> anyhow::Result<()> {
    with_page("replay", async |page| {
        page.until_asked("en").await?;
        page.press("stop").await?;
        page.until_text(&page.part("phase").await?, "Stopped").await?;
        let file = page.fetched(&format!("/api/runs/{}/html", page.link().await?)).await?;
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("replay.html");
        fs::write(&path, file)?;

        page.line.cut();
        page.go_to(&format!("file://{}#t=20", path.display())).await?;
        page.until_text(&page.part("phase").await?, "Recording").await?;
        page.until_text(&page.part("ladder").await?, "SYN ACK").await?;
        let at = page.part("scrubber").await?.attr("aria-valuetext").await?.unwrap_or_default();
        ensure!(at.contains("event 21 of"), "{at}");
        page.press("live").await?;
        page.until_text(&page.of_host("client", "terminal").await?, "say>").await?;
        page.looked_at("replay", "ladder").await?;
        let asked = page.asked(ASKED).await?;
        ensure!(asked.is_empty(), "nothing is asked of anybody: {asked:?}");
        Ok(())
    })
    .await
}
