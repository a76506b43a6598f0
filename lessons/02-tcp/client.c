#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void die(const char *what) { perror(what); exit(1); }

int main(void) {
    int sock = socket(AF_INET, SOCK_STREAM, 0);
    if (sock < 0) die("socket");
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(18888)};
    inet_pton(AF_INET, "192.168.1.4", &server.sin_addr);
    if (connect(sock, (struct sockaddr *)&server, sizeof server) < 0) die("connect");

    char line[1024], answer[1024];
    for (;;) {
        printf("say> ");
        fflush(stdout);
        if (!fgets(line, sizeof line, stdin)) break;
        size_t length = strcspn(line, "\n");
        if (length == 0) break;
        if (send(sock, line, length, 0) < 0) die("send");
        ssize_t n = recv(sock, answer, sizeof answer, 0);
        if (n <= 0) break;
        printf("%.*s\n", (int)n, answer);
    }
    close(sock);
}
