//! What a learner does with a lesson beside running it: predictions, checks, hints, and going back.

use anyhow::{Context, ensure};
use support::binary::root;
use thirtyfour::prelude::*;

use crate::page::{Page, SIZES, with_page};

/// Answers predictions of lesson 2, the first rightly and the second wrongly, lets both programs run to their end, and
/// goes to the moment that decides.
async fn predicted(page: &Page, lang: &str) -> anyhow::Result<()> {
    let zh = lang != "en";
    page.go("/lesson/02-tcp").await?;
    page.speak(lang).await?;
    let predict = page.part("predict").await?;
    page.until_text(&predict, if zh { "先猜一猜" } else { "Predict" }).await?;
    page.press_in(&predict, ".choice", "connect()").await?;
    page.press_in(&predict, ".choice", "SYN").await?;
    page.until_text(&predict, if zh { "运行一次就知道。" } else { "Run it to see." }).await?;

    page.press("run").await?;
    page.until_text(&page.of_host("client", "terminal").await?, "say>").await?;
    page.type_into("client", "\n").await?;
    page.until_text(&predict, if zh { "事实正是如此。" } else { "That is what happened." }).await?;
    page.until_text(&predict, if zh { "事实并非如此：" } else { "It went differently:" }).await?;

    let moment = page.part("scrubber").await?;
    let latest = moment.attr("aria-valuetext").await?;
    page.press_in(&predict, "[data-testid=see]", "").await?;
    page.until_text(&page.part("ladder").await?, "SYN ACK").await?;
    ensure!(moment.attr("aria-valuetext").await? != latest, "the moment is another: {latest:?}");
    for (name, size) in SIZES {
        page.resize(size).await?;
        for scheme in ["light", "dark"] {
            page.prefer(scheme).await?;
            predict.scroll_into_view().await?;
            page.screenshot(&format!("predicted-{lang}-{name}-{scheme}")).await?;
        }
    }
    page.resize(SIZES[0].1).await?;

    // Whoever has seen it predicts no more; what was chosen is there at the next visit.
    page.press_in(&predict, ".choice", if zh { "服务端的 accept()" } else { "accept() in the server" }).await?;
    page.go("/lesson/02-tcp").await?;
    let chosen = page.part("predict").await?.find(By::Css(".choice.chosen")).await?;
    page.until_text(&chosen, "connect()").await?;
    Ok(())
}

#[tokio::test]
async fn a_prediction_is_proved_by_the_run_in_english() -> anyhow::Result<()> {
    with_page("predicted-en", async |page| predicted(page, "en").await).await
}

#[tokio::test]
async fn a_prediction_is_proved_by_the_run_in_chinese() -> anyhow::Result<()> {
    with_page("predicted-zh", async |page| predicted(page, "zh-CN").await).await
}

#[tokio::test]
async fn a_check_that_fails_says_what_was_seen_and_leads_to_the_moment() -> anyhow::Result<()> {
    with_page("checks", async |page| {
        page.go("/lesson/05-sticky").await?;
        page.speak("en").await?;
        page.press("check").await?;
        let checks = page.part("checks").await?;
        page.until_graded("Not yet.").await?;
        let told = page.until_text(&checks, "“message: ").await?;
        ensure!(told.contains("✗") && told.contains("✓"), "the start fails one of three: {told}");
        ensure!(told.contains("wire: "), "the wire is named: {told}");
        checks.scroll_into_view().await?;
        page.screenshot("checks-failed").await?;

        let link = page.part("watch").await?.attr("href").await?.context("a link has an address")?;
        ensure!(link.contains("#t="), "{link} leads to a moment");
        page.go(&link).await?;
        page.until_text(&page.part("phase").await?, "Recording").await?;
        let moment = page.part("scrubber").await?.attr("aria-valuetext").await?.unwrap_or_default();
        let seq: u64 = link.split("#t=").nth(1).unwrap_or_default().parse()?;
        ensure!(moment.contains(&format!("event {} of", seq + 1)), "{moment} is not {link}");
        page.screenshot("checks-moment").await?;

        // The reference solution, as if it had been written at an earlier visit.
        for file in ["sender.py", "receiver.py"] {
            let text = std::fs::read_to_string(root().join("lessons/05-sticky/solution").join(file))?;
            page.keep(&format!("program/05-sticky/{file}"), &text).await?;
        }
        page.go("/lesson/05-sticky").await?;
        page.press("check").await?;
        page.until_graded("All checks passed.").await?;
        let told = page.text(&page.part("checks").await?).await?;
        ensure!(!told.contains("✗"), "{told}");
        page.screenshot("checks-passed").await?;
        page.go("/").await?;
        let card = page.main().await?.find(By::Css("[data-lesson='05-sticky']")).await?;
        page.until_text(&card, "all checks passed").await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_server_that_serves_one_of_many_is_told_so() -> anyhow::Result<()> {
    with_page("checks-14", async |page| {
        page.go("/lesson/14-select").await?;
        page.speak("zh-CN").await?;
        page.press("check").await?;
        page.until_graded("还没有全部通过").await?;
        let checks = page.part("checks").await?;
        let told = page.text(&checks).await?;
        ensure!(told.contains("server.py 第 18 行的 recv"), "the call and line that block: {told}");
        ensure!(told.matches('✗').count() >= 2 && told.contains('✓'), "the start fails some checks: {told}");
        checks.scroll_into_view().await?;
        page.screenshot("checks-14-zh").await?;
        page.part("watch").await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn hints_open_one_by_one() -> anyhow::Result<()> {
    with_page("hints", async |page| {
        page.go("/lesson/05-sticky").await?;
        page.speak("en").await?;
        let hints = page.part("hints").await?;
        for open in 0..3 {
            ensure!(hints.find_all(By::Css("li")).await?.len() == open);
            page.press("hint").await?;
        }
        page.until_text(&hints, "Keep buffer = b\"\" outside of the loop").await?;
        page.until_gone("hint").await?;
        page.screenshot("hints").await
    })
    .await
}

#[tokio::test]
async fn what_was_reset_comes_back() -> anyhow::Result<()> {
    with_page("restore", async |page| {
        page.go("/lesson/06-udp").await?;
        page.speak("en").await?;
        page.add_to_program("client", "print('mine')").await?;
        page.press("reset").await?;
        page.until_gone("reset").await?;
        page.go("/lesson/06-udp").await?; // even at the next visit
        page.press("restore").await?;
        page.until_gone("restore").await?;
        page.press("run").await?;
        let kept = page.kept("program/06-udp/udp_client.py").await?;
        ensure!(kept.is_some_and(|text| text.contains("print('mine')")), "it is what the learner wrote");
        page.screenshot("restored").await?;
        page.press("stop").await
    })
    .await
}
