//! The rest of the site: what a person finds before and beside the first lesson.

use anyhow::ensure;
use thirtyfour::prelude::*;

use crate::page::{Page, SIZES, with_page};

async fn looked_at(page: &Page, name: &str) -> anyhow::Result<()> {
    for (size_name, size) in SIZES {
        page.resize(size).await?;
        for scheme in ["light", "dark"] {
            page.prefer(scheme).await?;
            page.screenshot(&format!("{name}-{size_name}-{scheme}")).await?;
        }
    }
    page.resize(SIZES[0].1).await
}

#[tokio::test]
async fn the_first_page_leads_to_the_lessons_in_both_languages() -> anyhow::Result<()> {
    with_page("home", async |page| {
        page.go("/").await?;
        for (lang, title) in [("en", "Three packets make a connection"), ("zh-CN", "三个包，一条连接")] {
            page.speak(lang).await?;
            page.until_text(&page.main().await?, title).await?;
            looked_at(page, &format!("home-{lang}")).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_map_shows_how_far_one_is() -> anyhow::Result<()> {
    with_page("progress", async |page| {
        page.go("/").await?;
        page.speak("en").await?;
        let so_far = "0 of 20 lessons done";
        page.until_text(&page.part("so-far").await?, so_far).await?;
        page.go("/lesson/03-bytes").await?;
        page.part("run").await?;
        page.go("/lesson/06-udp").await?;
        page.press("run").await?;
        page.until_text(&page.of_host("client", "terminal").await?, ">").await?;
        page.press("stop").await?;
        page.keep("progress/01-socket", "passed").await?;
        page.go("/").await?;
        page.until_text(&page.part("so-far").await?, "1 of 20 lessons done").await?;
        page.until_text(&page.part("so-far").await?, "Continue: 2 · Three packets").await?;
        let of = async |lesson: &str| {
            let card = page.main().await?.find(By::Css(format!("[data-lesson='{lesson}'] .card-step"))).await?;
            page.text(&card).await
        };
        ensure!(of("01-socket").await? == "✓ all checks passed");
        ensure!(of("03-bytes").await? == "◔ opened");
        ensure!(of("06-udp").await?.starts_with("◑ run"));
        ensure!(of("07-side-by-side").await? == "○ not started");
        looked_at(page, "progress-en").await?;
        page.speak("zh-CN").await?;
        page.until_text(&page.part("so-far").await?, "完成了 1 / 20 课").await?;
        looked_at(page, "progress-zh").await
    })
    .await
}

#[tokio::test]
async fn words_are_found_in_both_languages_by_keyboard() -> anyhow::Result<()> {
    with_page("search", async |page| {
        page.go("/").await?;
        page.speak("en").await?;
        page.main().await?.send_keys("/").await?;
        page.part("search").await?;
        page.press_key("somaxconn").await?; // the field has the keyboard
        let found = page.part("found").await?;
        page.until_text(&found, "place").await?;
        looked_at(page, "search-en").await?;
        page.press_key(Key::Tab + Key::Enter).await?;
        page.until_said("is the n of listen(n) ignored?").await?;
        let top = "const part = document.querySelector(location.hash).getBoundingClientRect().top; return part";
        ensure!((0.0..400.0).contains(&page.number(top).await?), "the part is in view");

        page.go("/search").await?;
        page.part("search").await?.send_keys("xyzzy").await?;
        page.until_text(&page.part("found").await?, "Nothing in the course matches “xyzzy”").await?;
        page.screenshot("search-nothing").await?;
        page.speak("zh-CN").await?;
        page.until_text(&page.part("found").await?, "课程里没有“xyzzy”").await?;
        page.go("/search").await?;
        page.part("search").await?.send_keys("全连接队列").await?;
        page.until_text(&page.main().await?, "术语表").await?;
        looked_at(page, "search-zh").await
    })
    .await
}

#[tokio::test]
async fn a_term_is_explained_where_it_stands() -> anyhow::Result<()> {
    with_page("term", async |page| {
        page.go("/lesson/02-tcp").await?;
        page.speak("en").await?;
        let text = page.part("lesson-text").await?;
        let term = text.find(By::Css("a.term")).await?;
        let shown = async || {
            let script = "return +(getComputedStyle(document.querySelector('.definition')).visibility === 'visible')";
            Ok::<_, anyhow::Error>(page.number(script).await? > 0.0)
        };
        ensure!(!shown().await?, "nobody has asked");
        page.point_at(&term).await?;
        ensure!(shown().await?, "the pointer is at the term");
        page.screenshot("term-en").await?;
        let definition = text.find(By::Css(".definition")).await?;
        page.point_at(&definition).await?;
        ensure!(shown().await?, "and now at what explains it");
        page.press_key(Key::Escape + "").await?;
        ensure!(!shown().await?, "Escape takes it away");
        page.point_at(&page.part("run").await?).await?;
        term.focus().await?;
        page.press_key(Key::Tab + "").await?;
        page.press_key(Key::Shift + Key::Tab).await?;
        ensure!(shown().await?, "the keyboard is at the term");
        let said = term.attr("aria-describedby").await?;
        ensure!(said == definition.attr("id").await?, "a screen reader tells it with the link");

        for lang in ["en", "zh"] {
            page.go(&format!("/glossary/{lang}#accept-queue")).await?;
            looked_at(page, &format!("glossary-{lang}")).await?;
            page.go(&format!("/cheatsheet/{lang}")).await?;
            looked_at(page, &format!("cheatsheet-{lang}")).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn on_paper_there_is_what_is_read() -> anyhow::Result<()> {
    with_page("print", async |page| {
        page.go("/lesson/02-tcp").await?;
        page.speak("en").await?;
        page.part("lesson-text").await?;
        page.print_as("print").await?;
        let bench = "return document.querySelector('.workbench').getBoundingClientRect().height";
        ensure!(page.number(bench).await? == 0.0, "what is run stays on the screen");
        let hidden = "const text = document.querySelector('.prose-pane'); return text.scrollHeight - text.clientHeight";
        ensure!(page.number(hidden).await? <= 1.0, "all of the text is there");
        let wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        ensure!(page.number(wide).await? <= 0.0, "nothing is cut off");
        page.screenshot("print").await?;
        page.print_as("screen").await
    })
    .await
}

#[tokio::test]
async fn a_program_that_does_not_parse_is_told_so_and_the_next_run_works() -> anyhow::Result<()> {
    with_page("syntax", async |page| {
        page.go("/lesson/06-udp").await?;
        page.speak("en").await?;
        page.add_to_program("client", "def broken(:").await?;
        page.press("run").await?;
        let terminal = page.of_host("client", "terminal").await?;
        page.until_text(&terminal, "SyntaxError").await?;
        page.until_text(&page.of_host("client", "host-state").await?, "exit 1").await?;
        looked_at(page, "lesson-6-syntax-error").await?;

        page.press("reset").await?;
        page.press("run").await?;
        page.until_text(&terminal, ">").await?;
        page.press("stop").await
    })
    .await
}

#[tokio::test]
async fn there_is_no_such_lesson() -> anyhow::Result<()> {
    with_page("no-lesson", async |page| {
        page.go("/lesson/99-nothing").await?;
        page.speak("en").await?;
        page.until_text(&page.main().await?, "Nothing here").await?;
        page.screenshot("no-such-lesson").await
    })
    .await
}
