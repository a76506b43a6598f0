#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static void die(const char *what) { perror(what); exit(1); }

/* Answers all that has come; closes once the client has. */
static void drain(int conn) {
    char data[5];
    for (;;) {
        ssize_t n = recv(conn, data, sizeof data, 0);
        if (n < 0 && errno == EAGAIN) return;
        for (ssize_t i = 0; i < n; i++) data[i] = toupper((unsigned char)data[i]);
        if (n <= 0 || send(conn, data, n, MSG_NOSIGNAL) < 0) {
            close(conn);
            return;
        }
    }
}

int main(void) {
    int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    if (listener < 0) die("socket");
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(18888)};
    inet_pton(AF_INET, "192.168.1.4", &here.sin_addr);
    if (bind(listener, (struct sockaddr *)&here, sizeof here) < 0) die("bind");
    if (listen(listener, 10) < 0) die("listen");

    int poller = epoll_create1(0);
    if (poller < 0) die("epoll_create1");
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event) < 0) die("epoll_ctl");
    for (;;) {
        struct epoll_event ready[16];
        int count = epoll_wait(poller, ready, 16, -1);
        if (count < 0) die("epoll_wait");
        for (int i = 0; i < count; i++) {
            if (ready[i].data.fd != listener) {
                drain(ready[i].data.fd);
                continue;
            }
            int conn = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
            if (conn < 0) continue;
            event = (struct epoll_event){.events = EPOLLIN | EPOLLET, .data.fd = conn};
            if (epoll_ctl(poller, EPOLL_CTL_ADD, conn, &event) < 0) close(conn);
        }
    }
}
