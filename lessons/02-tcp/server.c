#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void die(const char *what) { perror(what); exit(1); }

int main(void) {
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0) die("socket");
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(18888)};
    inet_pton(AF_INET, "192.168.1.4", &here.sin_addr);
    if (bind(listener, (struct sockaddr *)&here, sizeof here) < 0) die("bind");
    if (listen(listener, 10) < 0) die("listen");

    struct sockaddr_in peer;
    socklen_t size = sizeof peer;
    int conn = accept(listener, (struct sockaddr *)&peer, &size);
    if (conn < 0) die("accept");
    printf("connected: %s:%d\n", inet_ntoa(peer.sin_addr), ntohs(peer.sin_port));

    char part[5], line[1024];
    ssize_t n;
    while ((n = recv(conn, part, sizeof part, 0)) > 0) {
        printf("%.*s\nreply> ", (int)n, part);
        fflush(stdout);
        if (!fgets(line, sizeof line, stdin)) break;
        line[strcspn(line, "\n")] = '\0';
        if (send(conn, line, strlen(line), 0) < 0) die("send");
    }
    printf("the client is gone\n");
    close(conn);
    close(listener);
}
