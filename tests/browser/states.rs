//! What a person sees when all is not well: a full server, a slow one, a lost connection, a limit, a refusal.

use anyhow::ensure;

use crate::page::{Page, SIZES, with_page, with_page_in, with_page_of};

/// Waits until the banner says something, and keeps pictures of it.
async fn banner(page: &Page, name: &str, wanted: &str) -> anyhow::Result<()> {
    page.until_text(&page.part("banner").await?, wanted).await?;
    page.looked_at(name, "run").await
}

async fn lost(page: &Page, lang: &str, told: &str) -> anyhow::Result<()> {
    page.until_asked(lang).await?;
    page.line.cut();
    page.until_text(&page.part("banner").await?, told).await?;
    // One picture: a run that nobody watches for half a minute is stopped.
    page.screenshot(&format!("lost-{lang}")).await?;
    page.reconnect().await?;
    page.until_gone("banner").await?;
    // The run went on, and hears its person again.
    page.type_into("client", "hello world\n").await?;
    page.until_text(&page.of_host("server", "terminal").await?, "hello").await?;
    page.press("stop").await
}

#[tokio::test]
async fn a_lost_connection_is_told_and_found_again_with_the_run() -> anyhow::Result<()> {
    with_page("lost-en", async |page| lost(page, "en", "The connection to the server was lost").await).await
}

#[tokio::test]
async fn a_lost_connection_is_told_in_chinese() -> anyhow::Result<()> {
    with_page("lost-zh", async |page| lost(page, "zh-CN", "与服务器的连接中断了").await).await
}

#[tokio::test]
async fn a_run_that_nobody_watched_is_said_to_have_been_ended() -> anyhow::Result<()> {
    with_page_of("unwatched", &["serve", "--unwatched", "1s"], async |page| {
        page.until_asked("en").await?;
        page.line.cut();
        page.until_text(&page.part("banner").await?, "The connection to the server was lost").await?;
        // The other side of the line sees the run end; only then the page comes back.
        page.until_no_runs().await?;
        page.reconnect().await?;
        page.until_said("The server ended the run: nobody was connected to it for 1 s").await?;
        page.looked_at("unwatched-en", "run").await?;
        page.until_text(&page.part("phase").await?, "Ended unwatched").await?;
        ensure!(!page.part("stop").await?.is_enabled().await?, "it is over");
        page.until_text(&page.part("ladder").await?, "SYN ACK").await?;
        page.speak("zh-CN").await?;
        page.until_said("服务器结束了这次运行：已有 1 s 没有页面连着它").await?;
        page.looked_at("unwatched-zh", "run").await
    })
    .await
}

#[tokio::test]
async fn a_full_server_tells_the_place_in_line() -> anyhow::Result<()> {
    with_page_of("full", &["serve", "--max-runs", "1"], async |page| {
        page.until_asked("en").await?;
        let first = page.another_tab().await?;
        page.go("/lesson/02-tcp").await?;
        page.press("run").await?;
        let place = page.part("ladder-empty").await?;
        page.until_text(&place, "Yours is the next run").await?;
        page.until_text(&page.of_host("client", "host-state").await?, "not running").await?;
        page.looked_at("full-en", "run").await?;
        page.looked_at("full-ladder-en", "ladder-empty").await?;
        page.speak("zh-CN").await?;
        page.until_text(&page.part("ladder-empty").await?, "下一个就是你").await?;
        page.looked_at("full-ladder-zh", "ladder-empty").await?;
        let second = page.to_tab(&first).await?;
        page.press("stop").await?;
        page.to_tab(&second).await?;
        page.until_text(&page.of_host("client", "host-state").await?, "等你输入").await?;
        page.press("stop").await
    })
    .await
}

#[tokio::test]
async fn a_slow_line_is_told_and_what_was_asked_comes_in_the_end() -> anyhow::Result<()> {
    with_page("slow", async |page| {
        page.go("/lesson/02-tcp").await?;
        page.speak("en").await?;
        page.line.clog();
        page.press("run").await?;
        let slow = page.part("slow").await?;
        ensure!(!slow.is_displayed().await?, "it is not slow yet");
        page.until_displayed(&slow).await?;
        page.looked_at("slow", "ladder-empty").await?;
        page.line.mend();
        page.until_text(&page.of_host("client", "terminal").await?, "say>").await?;
        page.press("stop").await
    })
    .await
}

#[tokio::test]
async fn a_run_that_came_to_a_limit_says_to_which() -> anyhow::Result<()> {
    with_page("limit", async |page| {
        page.go("/lesson/06-udp").await?;
        page.speak("en").await?;
        page.paste_program("client", "while True:\n    print('x' * 1000)\n").await?;
        page.press("run").await?;
        banner(page, "limit-en", "a program printed more than").await?;
        ensure!(!page.part("stop").await?.is_enabled().await?, "it is over");
        page.speak("zh-CN").await?;
        banner(page, "limit-zh", "有程序的输出超过了").await
    })
    .await
}

#[tokio::test]
async fn before_the_first_run_the_page_says_what_will_be_where() -> anyhow::Result<()> {
    with_page("empty", async |page| {
        page.go("/lesson/02-tcp").await?;
        for (lang, ladder, state) in [
            ("en", "Press Run to see the programs talk", "not running"),
            ("zh-CN", "按“运行”，看程序怎样对话", "未运行"),
        ] {
            page.speak(lang).await?;
            page.until_text(&page.part("ladder-empty").await?, ladder).await?;
            page.until_text(&page.of_host("client", "host-state").await?, state).await?;
            for panel in ["inspector", "buffers", "readiness", "states"] {
                let body = page.open_panel(panel).await?;
                ensure!(!page.text(&body).await?.trim().is_empty(), "{panel} says nothing in {lang}");
            }
            ensure!(!page.part("stop").await?.is_enabled().await?, "there is nothing to stop");
            page.looked_at(&format!("empty-{lang}"), "ladder-empty").await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_host_that_does_not_start_is_told_with_the_reason() -> anyhow::Result<()> {
    // A machine on which bubblewrap can't be executed.
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("bwrap"), "")?;
    let path = folder.path().display().to_string();
    with_page_in("no-host", &["serve"], &[("PATH", &path)], async |page| {
        page.go("/lesson/02-tcp").await?;
        page.speak("en").await?;
        page.press("run").await?;
        banner(page, "no-host-en", "The run could not be started. Please tell whoever hosts this server why: host")
            .await?;
        page.until_text(&page.part("banner").await?, "install the package `bubblewrap`").await?;
        page.until_text(&page.part("phase").await?, "Not started").await?;
        page.until_text(&page.part("ladder-empty").await?, "nothing to see").await?;
        page.until_text(&page.of_host("client", "host-state").await?, "not running").await?;
        ensure!(page.part("run").await?.is_enabled().await?, "one can try again");
        page.speak("zh-CN").await?;
        banner(page, "no-host-zh", "无法启动这次运行").await
    })
    .await
}

#[tokio::test]
async fn a_run_that_is_refused_says_why() -> anyhow::Result<()> {
    with_page_of("refused", &["serve", "--starts", "1"], async |page| {
        page.until_asked("en").await?;
        page.press("stop").await?;
        page.press("run").await?;
        banner(page, "refused-en", "Too many runs were started from your network").await?;
        page.until_text(&page.part("ladder-empty").await?, "nothing to see").await?;
        page.speak("zh-CN").await?;
        banner(page, "refused-zh", "启动运行太频繁").await
    })
    .await
}

#[tokio::test]
async fn a_run_that_is_not_kept_is_told_so() -> anyhow::Result<()> {
    with_page("forgotten", async |page| {
        page.go("/run/0123456789abcdef").await?;
        page.speak("en").await?;
        page.until_text(&page.part("banner").await?, "no longer kept here").await?;
        page.resize(SIZES[2].1).await?;
        page.screenshot("forgotten-phone").await
    })
    .await
}
