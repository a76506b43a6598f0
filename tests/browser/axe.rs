//! What axe finds on every page and in every state, in light and dark colours: nothing that it calls serious or critical.

use std::fs;

use anyhow::{Context, ensure};
use support::binary::root;
use thirtyfour::prelude::*;

use crate::page::{Page, SIZES, with_page, with_page_of};

/// Runs axe; answers with a line for each fault.
const RUN: &str = "const done = arguments[0];
    const line = (fault) => fault.nodes.map((node) => `${fault.id}: ${node.target.join(' ')}: ${node.failureSummary}`);
    axe.run(document, { resultTypes: ['violations'], iframes: false }).then((found) => done(found.violations
        .filter((fault) => ['serious', 'critical'].includes(fault.impact)).flatMap(line)));";

impl Page {
    /// Has axe look at the page just as it is.
    async fn faults_for_axe(&self) -> anyhow::Result<Vec<String>> {
        let path = root().join("static/node_modules/axe-core/axe.min.js");
        let axe = fs::read_to_string(&path).with_context(|| format!("{}: `make setup-test`", path.display()))?;
        self.run(&axe).await?;
        self.asked(RUN).await
    }

    /// Has axe look at the page as it is, in light and dark, wide and narrow.
    async fn is_accessible(&self, state: &str) -> anyhow::Result<()> {
        let mut faults = vec![];
        for (name, size) in [SIZES[0], SIZES[2]] {
            self.resize(size).await?;
            for scheme in ["light", "dark"] {
                self.prefer(scheme).await?;
                let found = self.faults_for_axe().await?;
                faults.extend(found.into_iter().map(|fault| format!("{state}, {name}, {scheme}: {fault}")));
            }
        }
        self.resize(SIZES[0].1).await?;
        ensure!(faults.is_empty(), "{}", faults.join("\n"));
        Ok(())
    }
}

/// Starts a lesson and waits until a program asks its person.
async fn started(page: &Page, lesson: &str, host: &str, prompt: &str) -> anyhow::Result<()> {
    page.go(&format!("/lesson/{lesson}")).await?;
    page.press("run").await?;
    page.until_text(&page.of_host(host, "terminal").await?, prompt).await?;
    Ok(())
}

#[tokio::test]
async fn pages_that_run_nothing() -> anyhow::Result<()> {
    with_page("axe-pages", async |page| {
        for (path, part) in [
            ("/", ".cards"),
            ("/lesson/02-tcp", ".cm-host, .editor-host"),
            ("/recording", ".drop"),
            ("/nowhere", "h1"),
            ("/run/0123456789abcdef", ".failure"),
            ("/glossary/en", "h1"),
            ("/cheatsheet/zh", "h1"),
        ] {
            page.go(path).await?;
            page.find(part).await?;
            page.is_accessible(path).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn what_was_searched_for() -> anyhow::Result<()> {
    with_page("axe-search", async |page| {
        page.go("/search").await?;
        page.speak("en").await?;
        page.part("search").await?.send_keys("somaxconn").await?;
        page.until_text(&page.part("found").await?, "place").await?;
        page.is_accessible("search").await
    })
    .await
}

#[tokio::test]
async fn a_lesson_on_paper() -> anyhow::Result<()> {
    with_page("axe-print", async |page| {
        page.go("/lesson/02-tcp").await?;
        page.part("lesson-text").await?;
        page.print_as("print").await?;
        let faults = page.faults_for_axe().await?;
        ensure!(faults.is_empty(), "{}", faults.join("\n"));
        page.print_as("screen").await
    })
    .await
}

#[tokio::test]
async fn a_full_server() -> anyhow::Result<()> {
    with_page_of("axe-full", &["serve", "--max-runs", "1"], async |page| {
        started(page, "02-tcp", "client", "say>").await?;
        let first = page.another_tab().await?;
        page.go("/lesson/02-tcp").await?;
        page.press("run").await?;
        page.until_text(&page.part("ladder-empty").await?, "next run").await?;
        page.is_accessible("full").await?;
        page.press("stop").await?;
        page.to_tab(&first).await?;
        page.press("stop").await
    })
    .await
}

#[tokio::test]
async fn a_slow_server() -> anyhow::Result<()> {
    with_page("axe-slow", async |page| {
        page.go("/lesson/02-tcp").await?;
        page.part("run").await?;
        page.line.clog();
        page.press("run").await?;
        page.until_displayed(&page.part("slow").await?).await?;
        page.is_accessible("slow").await?;
        page.line.mend();
        page.until_text(&page.of_host("client", "terminal").await?, "say>").await?;
        page.press("stop").await
    })
    .await
}

#[tokio::test]
async fn a_run_that_came_to_a_limit() -> anyhow::Result<()> {
    with_page("axe-limit", async |page| {
        page.go("/lesson/06-udp").await?;
        page.paste_program("client", "while True:\n    print('x' * 1000)\n").await?;
        page.press("run").await?;
        page.part("banner").await?;
        page.is_accessible("limit").await
    })
    .await
}

#[tokio::test]
async fn a_lesson_that_runs_in_every_panel() -> anyhow::Result<()> {
    with_page("axe-run", async |page| {
        started(page, "02-tcp", "client", "say>").await?;
        page.type_into("client", "hello world\n").await?;
        page.until_text(&page.of_host("server", "terminal").await?, "reply>").await?;
        for panel in ["inspector", "buffers", "readiness", "states", "wire"] {
            page.open_panel(panel).await?;
            page.is_accessible(panel).await?;
        }
        page.main().await?.send_keys("?").await?;
        page.part("keys-dialog").await?;
        page.is_accessible("keys").await?;
        page.press_key(Key::Escape + "").await?;
        page.press("stop").await?;
        page.until_text(&page.part("phase").await?, "Stopped").await?;
        page.is_accessible("stopped").await?;
        page.go(&format!("/run/{}", page.link().await?)).await?;
        page.until_text(&page.part("phase").await?, "Recording").await?;
        page.find(".ladder-picture").await?;
        page.is_accessible("recording").await
    })
    .await
}

#[tokio::test]
async fn a_program_that_is_held() -> anyhow::Result<()> {
    with_page("axe-held", async |page| {
        page.go("/lesson/02-tcp").await?;
        page.choose("client", "break", "connect()").await?;
        page.press("run").await?;
        page.of_host("client", "held").await?;
        page.is_accessible("held").await?;
        page.press("stop").await
    })
    .await
}

#[tokio::test]
async fn a_visitor_in_both_rooms() -> anyhow::Result<()> {
    with_page("axe-visitor", async |page| {
        started(page, "14-select", "alice", "ALICE IS LEAVING").await?;
        page.is_accessible("browser").await?;
        page.press("visit-console").await?;
        page.press("visit-go").await?;
        page.part("visit-talk").await?;
        page.is_accessible("console").await?;
        page.press("stop").await
    })
    .await
}

#[tokio::test]
async fn what_is_told_when_all_is_not_well() -> anyhow::Result<()> {
    with_page_of("axe-trouble", &["serve", "--starts", "1"], async |page| {
        started(page, "02-tcp", "client", "say>").await?;
        page.line.cut();
        page.part("reconnect").await?;
        page.is_accessible("lost").await?;
        page.reconnect().await?;
        page.until_gone("reconnect").await?;
        // Meanwhile that run may have been stopped, because nobody watched it.
        page.press("run").await?;
        page.until_text(&page.part("banner").await?, "Too many runs").await?;
        page.is_accessible("refused").await
    })
    .await
}
