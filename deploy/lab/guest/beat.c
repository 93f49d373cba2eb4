// The guest's heartbeat: one small packet after another, which whoever receives it outside stamps with the time. An echo reply that nobody has asked for:
// it is not answered, so the guest has half the work.
// Usage: beat ADDRESS SECONDS
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/ip_icmp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

static unsigned short checksum(const unsigned short *words, int count) {
    unsigned sum = 0;
    for (int i = 0; i < count; i++) sum += words[i];
    sum = (sum >> 16) + (sum & 0xffff);
    return (unsigned short)~(sum + (sum >> 16));
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    struct sockaddr_in to = {.sin_family = AF_INET};
    if (inet_pton(AF_INET, argv[1], &to.sin_addr) != 1) return 2;
    const long interval_ns = (long)(atof(argv[2]) * 1e9);
    int s = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
    if (s < 0 || interval_ns <= 0) return 1;
    struct icmphdr beat = {.type = ICMP_ECHOREPLY};
    struct timespec next;
    clock_gettime(CLOCK_MONOTONIC, &next);
    for (;;) {
        beat.un.echo.sequence++;
        beat.checksum = 0;
        beat.checksum = checksum((const unsigned short *)&beat, sizeof beat / 2);
        // A beat that cannot be sent is one that is missing.
        sendto(s, &beat, sizeof beat, 0, (struct sockaddr *)&to, sizeof to);
        next.tv_nsec += interval_ns;
        next.tv_sec += next.tv_nsec / 1000000000;
        next.tv_nsec %= 1000000000;
        // What a stop has cost is not made up for: no bursts.
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        if (now.tv_sec > next.tv_sec || (now.tv_sec == next.tv_sec && now.tv_nsec > next.tv_nsec)) next = now;
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
    }
}
