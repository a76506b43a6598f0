//! From the first lesson to the last by the page's own links, in both languages, without a word of complaint from the
//! browser.

use anyhow::ensure;
use thirtyfour::prelude::*;

use crate::page::{Page, with_page};

const LESSONS: usize = 20;

async fn walked(page: &Page, lang: &str) -> anyhow::Result<()> {
    page.listen_for_faults().await?;
    page.go("/").await?;
    page.speak(lang).await?;
    page.press_in(&page.main().await?, ".card", "").await?;
    let mut titles: Vec<String> = vec![];
    loop {
        let crumb = page.part("crumb").await?;
        page.until_text(&crumb, &format!("{} · ", titles.len() + 1)).await?;
        let text = page.part("lesson-text").await?;
        let title = page.text(&text.find(By::Css("h1")).await?).await?;
        let parts = text.find_all(By::Css(".prose h2")).await?.len();
        ensure!(parts >= 5, "{title}: {parts} parts");
        let hosts = page.main().await?.find_all(By::Css("[data-testid=host-panel]")).await?.len();
        ensure!(hosts > 0, "{title} has something to run");
        let chinese = page.text(&text).await?.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count();
        ensure!((chinese > 200) == (lang != "en"), "{title}: {chinese} Chinese characters");
        titles.push(title);
        let Some(next) = text.find_all(By::Css(".neighbour-next")).await?.pop() else { break };
        next.scroll_into_view().await?;
        next.click().await?;
    }
    ensure!(titles.len() == LESSONS, "{titles:?}");
    page.press_in(&page.part("lesson-text").await?, ".neighbour", &titles[LESSONS - 2]).await?;
    page.until_text(&page.part("crumb").await?, &titles[LESSONS - 2]).await?;
    page.go("/").await?;
    let opened = if lang == "en" { "opened" } else { "打开过" };
    page.until_text(&page.part("so-far").await?, &titles[0]).await?;
    let cards = page.main().await?.find_all(By::Css(".step-opened")).await?;
    ensure!(cards.len() == LESSONS, "{} lessons are {opened}", cards.len());
    let faults = page.faults().await?;
    ensure!(faults.is_empty(), "the browser complains: {faults:?}");
    Ok(())
}

#[tokio::test]
async fn all_lessons_are_walked_through_in_english() -> anyhow::Result<()> {
    with_page("walk-en", async |page| walked(page, "en").await).await
}

#[tokio::test]
async fn all_lessons_are_walked_through_in_chinese() -> anyhow::Result<()> {
    with_page("walk-zh", async |page| walked(page, "zh-CN").await).await
}
