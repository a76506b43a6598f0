/* What Python's library never calls, or never so. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int pair[2];

static void nothing(int signal) { (void)signal; }
static void send_again(int signal) { (void)signal; send(pair[1], "again", 5, 0); }

int main(int argc, char **argv)
{
    if (argc > 1) { /* after execve: the descriptor is open still */
        write(atoi(argv[1]), "executed", 8);
        return 0;
    }
    socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);

    /* Several datagrams in one call. */
    struct iovec out[3] = {{"first", 5}, {"second", 6}, {"third", 5}};
    struct mmsghdr many[3] = {0};
    for (int i = 0; i < 3; i++)
        many[i].msg_hdr = (struct msghdr){.msg_iov = &out[i], .msg_iovlen = 1};
    sendmmsg(pair[0], many, 3, MSG_NOSIGNAL);
    char in[3][64];
    struct iovec back[3];
    for (int i = 0; i < 3; i++) {
        back[i] = (struct iovec){in[i], sizeof in[i]};
        many[i].msg_hdr = (struct msghdr){.msg_iov = &back[i], .msg_iovlen = 1};
    }
    struct timespec wait = {1, 5000000};
    recvmmsg(pair[1], many, 3, MSG_DONTWAIT, &wait);

    /* Several buffers in one call. */
    struct iovec two[2] = {{"left ", 5}, {"right", 5}};
    writev(pair[0], two, 2);
    struct iovec into[2] = {{in[0], 3}, {in[1], 60}};
    readv(pair[1], into, 2);
    writev(pair[0], two, 2);
    preadv2(pair[1], into, 2, -1, RWF_NOWAIT);
    pwritev2(pair[0], two, 2, -1, 0);
    read(pair[1], in[0], 64);

    /* The older forms. */
    fd_set set;
    FD_ZERO(&set);
    FD_SET(pair[1], &set);
    struct timeval short_time = {0, 20000};
    syscall(SYS_select, pair[1] + 1, &set, NULL, NULL, &short_time);
    struct pollfd polled = {.fd = pair[0], .events = POLLOUT | POLLIN};
    poll(&polled, 1, -1);
    struct timespec zero = {0, 0};
    sigset_t none;
    sigemptyset(&none);
    ppoll(&polled, 1, &zero, &none);

    /* epoll with pointers instead of descriptors. */
    int epoll = epoll_create(7), epoll2 = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLOUT, .data.ptr = many};
    epoll_ctl(epoll, EPOLL_CTL_ADD, pair[0], &event);
    struct epoll_event ready[4];
    epoll_wait(epoll, ready, 4, 100);
    epoll_pwait(epoll, ready, 4, 100, &none);
    syscall(SYS_epoll_pwait2, epoll, ready, 4, &zero, NULL, 8);
    epoll_ctl(epoll, EPOLL_CTL_DEL, pair[0], NULL);
    epoll_wait(epoll, ready, 4, 0);
    close(epoll2);

    /* Descriptors. */
    int copy = dup(pair[0]);
    int second = dup3(copy, 50, O_CLOEXEC);
    int third = fcntl(copy, F_DUPFD_CLOEXEC, 60);
    dup2(copy, third);
    int on = 1, count = 0;
    ioctl(copy, FIONBIO, &on);
    ioctl(copy, FIONREAD, &count);
    ioctl(copy, FIOCLEX);
    fcntl(copy, F_SETFD, 0);
    close_range(second, third, 0);
    dup2(copy, 200);
    close_range(200, ~0U, CLOSE_RANGE_CLOEXEC);

    /* Names that are wrong. */
    void *nowhere = (void *)0x10000000;
    struct sockaddr_in anywhere = {.sin_family = AF_INET, .sin_port = htons(20005), .sin_addr.s_addr = htonl(INADDR_ANY)};
    int stream = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    bind(stream, (void *)&anywhere, sizeof anywhere);
    bind(stream, (void *)&anywhere, sizeof anywhere);
    bind(stream, nowhere, sizeof anywhere);
    connect(stream, (void *)&(struct sockaddr){.sa_family = AF_UNSPEC}, sizeof(struct sockaddr));
    struct tcp_info info;
    socklen_t length = sizeof info;
    getsockopt(stream, IPPROTO_TCP, TCP_INFO, &info, &length);
    socklen_t small = 2;
    struct sockaddr_in name;
    getsockname(stream, (void *)&name, &small);
    socket(AF_INET, 77, 0);
    socket(99, SOCK_STREAM, 0);
    shutdown(stream, SHUT_RDWR);
    listen(-1, 5);
    accept(stream, NULL, NULL);
    recvfrom(stream, in[0], 10, MSG_DONTWAIT, NULL, NULL);
    send(pair[0], nowhere, 10, 0);
    close(stream);

    /* A signal ends a call, and starts one again. */
    struct sigaction action = {.sa_handler = nothing};
    sigaction(SIGALRM, &action, NULL);
    struct itimerval soon = {.it_value = {0, 100000}};
    recv(pair[0], in[0], 10, 0); /* EAGAIN: FIONBIO is on still */
    int blocking = 0;
    ioctl(pair[0], FIONBIO, &blocking);
    setitimer(ITIMER_REAL, &soon, NULL);
    recv(pair[0], in[0], 10, 0);
    action.sa_flags = SA_RESTART;
    action.sa_handler = send_again;
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &soon, NULL);
    recv(pair[0], in[0], 64, 0);

    /* poll that is stopped and goes on: restart_syscall. */
    pid_t child = fork();
    if (child == 0) {
        timer_t timer;
        struct sigevent stop = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGSTOP};
        struct itimerspec then = {.it_value = {0, 100000000}};
        timer_create(CLOCK_MONOTONIC, &stop, &timer);
        timer_settime(timer, 0, &then, NULL);
        polled = (struct pollfd){.fd = pair[1], .events = POLLIN};
        poll(&polled, 1, 5000);
        recv(pair[1], in[0], 64, 0);
        _exit(0);
    }
    waitpid(child, NULL, WUNTRACED);
    send(pair[0], "continued", 9, 0);
    kill(child, SIGCONT);
    waitpid(child, NULL, 0);

    /* vfork and execve. */
    char number[12];
    fcntl(pair[0], F_SETFD, 0);
    snprintf(number, sizeof number, "%d", pair[0]);
    child = vfork();
    if (child == 0) {
        char *arguments[] = {"/lib64/ld-linux-x86-64.so.2", "./raw", number, NULL};
        execv(arguments[0], arguments);
        _exit(1);
    }
    waitpid(child, NULL, 0);
    recv(pair[1], in[0], 64, 0);
    return 0;
}
