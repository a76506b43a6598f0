#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

static void die(const char *what) { perror(what); exit(1); }

int main(void) {
    int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    if (listener < 0) die("socket");
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(18888)};
    inet_pton(AF_INET, "192.168.1.4", &here.sin_addr);
    if (bind(listener, (struct sockaddr *)&here, sizeof here) < 0) die("bind");
    if (listen(listener, 10) < 0) die("listen");

    fd_set watched;
    FD_ZERO(&watched);
    FD_SET(listener, &watched);
    for (;;) {
        fd_set readable = watched; /* select writes its answer over the question */
        if (select(FD_SETSIZE, &readable, NULL, NULL, NULL) < 0) die("select");
        for (int fd = 0; fd < FD_SETSIZE; fd++) {
            if (!FD_ISSET(fd, &readable)) continue;
            if (fd == listener) {
                int conn = accept(listener, NULL, NULL);
                if (conn < 0) continue;
                if (conn >= FD_SETSIZE) { close(conn); continue; } /* beyond the set */
                FD_SET(conn, &watched);
                continue;
            }
            char data[1024];
            ssize_t n = recv(fd, data, sizeof data, 0);
            for (ssize_t i = 0; i < n; i++) data[i] = toupper((unsigned char)data[i]);
            if (n <= 0 || send(fd, data, n, MSG_NOSIGNAL) < 0) {
                FD_CLR(fd, &watched);
                close(fd);
            }
        }
    }
}
