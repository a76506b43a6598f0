#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void die(const char *what) { perror(what); exit(1); }

int main(int argc, char **argv) {
    if (argc != 3) return fprintf(stderr, "usage: udp_client HOST PORT\n"), 2;
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[2]))};
    inet_pton(AF_INET, argv[1], &server.sin_addr);
    int sock = socket(AF_INET, SOCK_DGRAM, 0);
    if (sock < 0) die("socket");

    char text[1024], answer[1024];
    for (;;) {
        printf("send> ");
        fflush(stdout);
        size_t length = fgets(text, sizeof text, stdin) ? strcspn(text, "\n") : 0;
        // the last one is empty: goodbye
        if (sendto(sock, text, length, 0, (struct sockaddr *)&server, sizeof server) < 0) die("sendto");
        if (length == 0) break;
        ssize_t n = recvfrom(sock, answer, sizeof answer, 0, NULL, NULL);
        if (n < 0) die("recvfrom");
        printf("answered %.*s\n", (int)n, answer);
    }
    close(sock);
}
