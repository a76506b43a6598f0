#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static void die(const char *what) { perror(what); exit(1); }

int main(int argc, char **argv) {
    if (argc != 3) return fprintf(stderr, "usage: udp_server HOST PORT\n"), 2;
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[2]))};
    inet_pton(AF_INET, argv[1], &here.sin_addr);
    int sock = socket(AF_INET, SOCK_DGRAM, 0);
    if (sock < 0) die("socket");
    if (bind(sock, (struct sockaddr *)&here, sizeof here) < 0) die("bind");

    for (;;) {
        char data[1024], answer[64];
        struct sockaddr_in sender;
        socklen_t size = sizeof sender;
        ssize_t n = recvfrom(sock, data, sizeof data, 0, (struct sockaddr *)&sender, &size);
        if (n < 0) die("recvfrom");
        if (n == 0) break;
        printf("%s:%d sent %.*s\n", inet_ntoa(sender.sin_addr), ntohs(sender.sin_port), (int)n, data);
        time_t now = time(NULL);
        int length = snprintf(answer, sizeof answer, "%zd bytes at %.24s", n, ctime(&now));
        if (sendto(sock, answer, length, 0, (struct sockaddr *)&sender, size) < 0) die("sendto");
    }
    printf("an empty datagram: the end\n");
    close(sock);
}
