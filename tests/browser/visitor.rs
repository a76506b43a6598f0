//! The learner's own visit to a run: a browser's page and a typed connection, across the wire.

use crate::page::with_page;

#[tokio::test]
async fn ones_own_http_server_is_opened_in_a_browser() -> anyhow::Result<()> {
    with_page("visit-browser", async |page| {
        page.go("/lesson/11-http-server").await?;
        page.speak("en").await?;
        page.paste_program("server", include_str!("../../lessons/11-http-server/solution/HttpServer.py")).await?;
        page.press("run").await?;
        page.until_text(&page.of_host("browser", "terminal").await?, "/favicon.ico -> 404").await?;
        page.press("visit-go").await?;
        page.until_framed("visit-page", "你好，浏览器！").await?;
        // What this very browser asked for is in the server's hands: it prints each line.
        page.until_text(&page.of_host("server", "terminal").await?, "Mozilla").await?;
        page.until_text(&page.part("ladder").await?, "you").await?;
        page.looked_at("visit-browser", "visitor").await?;
        page.press("stop").await
    })
    .await
}

#[tokio::test]
async fn a_line_is_typed_into_a_connection() -> anyhow::Result<()> {
    with_page("visit-console", async |page| {
        page.go("/lesson/14-select").await?;
        page.speak("zh-CN").await?;
        page.press("run").await?;
        page.until_text(&page.of_host("alice", "terminal").await?, "ALICE IS LEAVING").await?;
        page.press("visit-console").await?;
        page.press("visit-go").await?;
        let talk = page.part("visit-talk").await?;
        page.until_text(&talk, "connect 192.168.1.4:18888").await?;
        page.until_text(&talk, "已连接").await?;
        page.part("visit-text").await?.send_keys("may I join?").await?;
        page.press("visit-send").await?;
        page.until_text(&talk, r"← MAY I JOIN?\r\n").await?;
        page.looked_at("visit-console", "visitor").await?;
        page.press("stop").await
    })
    .await
}
