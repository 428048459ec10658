/*
 * The load generator of bench:signer: keep-alive HTTP/1.1 connections to loopback, one request each at a time, driven
 * by epoll. In C, because it shares the machine with what it measures: a client in JavaScript would cost as much
 * processor time per request as the signer.
 *
 * Usage: load PORT CONNECTIONS REQUESTS_FILE MAX_SECONDS RATE KEEP
 *   RATE  0: every connection sends its next request when the last is answered; else so many per second, all told
 *   KEEP  how many answers to print, for the caller to verify
 * REQUESTS_FILE, integers little-endian uint32: number of bodies, of keys, of requests; each body as length and bytes;
 * each key as 98 characters; each request as index of its body and index of its key.
 * All connections are open before the first request is sent; that moment is the start. Prints one JSON object.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_MAX 4096
#define KEY_LENGTH 98

struct connection {
  int fd;
  int busy;
  uint32_t request;
  double sent_at;
  size_t length;
  char answer[ANSWER_MAX];
};

static char *file;
static uint32_t bodies, keys, requests;
static char **body;
static uint32_t *body_length;
static char *key;
static uint32_t *sequence;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static uint32_t take(char **at) {
  uint32_t value;
  memcpy(&value, *at, 4);
  *at += 4;
  return value;
}

static void read_requests(const char *path) {
  FILE *stream = fopen(path, "rb");
  if (!stream) fail(path);
  fseek(stream, 0, SEEK_END);
  long size = ftell(stream);
  rewind(stream);
  file = malloc(size);
  if (fread(file, 1, size, stream) != (size_t)size) fail("read");
  fclose(stream);
  char *at = file;
  bodies = take(&at);
  keys = take(&at);
  requests = take(&at);
  body = malloc(bodies * sizeof *body);
  body_length = malloc(bodies * sizeof *body_length);
  for (uint32_t n = 0; n < bodies; n++) {
    body_length[n] = take(&at);
    body[n] = at;
    at += body_length[n];
  }
  key = at;
  sequence = (uint32_t *)malloc(requests * 8);
  memcpy(sequence, at + (size_t)keys * KEY_LENGTH, requests * 8);
}

static void send_request(struct connection *c, uint32_t request) {
  static char buffer[65536];
  uint32_t b = sequence[2 * request], k = sequence[2 * request + 1];
  int head = snprintf(buffer, sizeof buffer,
                      "POST /api/v1/eth2/sign/%.*s HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n"
                      "Content-Type: application/json\r\nContent-Length: %u\r\n\r\n",
                      KEY_LENGTH, key + (size_t)k * KEY_LENGTH, body_length[b]);
  if (head + body_length[b] > sizeof buffer) fail("request too large");
  memcpy(buffer + head, body[b], body_length[b]);
  c->request = request;
  c->busy = 1;
  c->length = 0;
  c->sent_at = now();
  ssize_t total = head + body_length[b];
  if (send(c->fd, buffer, total, MSG_NOSIGNAL) != total) fail("send");
}

/* Is the answer whole? Then its status; else 0. */
static int status_of(struct connection *c) {
  c->answer[c->length] = 0;
  char *end = strstr(c->answer, "\r\n\r\n");
  if (!end) return 0;
  char *field = strcasestr(c->answer, "content-length:");
  size_t length = field && field < end ? strtoul(field + 15, NULL, 10) : 0;
  if (c->length < (size_t)(end + 4 - c->answer) + length) return 0;
  return atoi(c->answer + 9);
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

int main(int argc, char **argv) {
  if (argc != 7) return 2;
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  int port = atoi(argv[1]), count = atoi(argv[2]);
  read_requests(argv[3]);
  double max_seconds = atof(argv[4]), rate = atof(argv[5]);
  uint32_t keep = atoi(argv[6]);
  struct connection *connections = calloc(count, sizeof *connections);
  /* A ring, so that every connection is used in turn: one that never speaks is closed by the signer. */
  int *idle = malloc(count * sizeof *idle), idle_count = 0, idle_first = 0;
  double *latency = malloc(requests * sizeof *latency);
  uint32_t done = 0, refused = 0, next = 0, kept = 0;
  char **answers = calloc(keep + 1, sizeof *answers);
  uint32_t *answered = calloc(keep + 1, sizeof *answered);
  int epoll = epoll_create1(0);
  for (int n = 0; n < count; n++) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    if (connect(fd, (struct sockaddr *)&address, sizeof address)) fail("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    connections[n].fd = fd;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &connections[n]};
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
    idle[idle_count++] = n;
  }
  int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  if (rate > 0) {
    struct itimerspec tick = {.it_interval.tv_nsec = 1000000, .it_value.tv_nsec = 1000000};
    timerfd_settime(timer, 0, &tick, NULL);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(epoll, EPOLL_CTL_ADD, timer, &event);
  }
  usleep(200000); /* the server has accepted them all */
  double start = now(), last = start;
  uint32_t in_flight = 0, late = 0;
  for (;;) {
    double at = now();
    int more = next < requests && at - start < max_seconds;
    uint32_t due = rate > 0 ? (uint32_t)((at - start) * rate) : requests;
    while (more && idle_count > 0 && next < due && next < requests) {
      in_flight++;
      int chosen = idle[idle_first];
      idle_first = (idle_first + 1) % count;
      idle_count--;
      send_request(&connections[chosen], next++);
    }
    if (rate > 0 && more && idle_count == 0 && next < due) late++;
    if (!more && in_flight == 0) break;
    struct epoll_event events[256];
    int ready = epoll_wait(epoll, events, 256, 30000);
    if (ready < 0 && errno != EINTR) fail("epoll_wait");
    if (ready == 0) {
      fprintf(stderr, "no answer for 30 seconds\n");
      return 1;
    }
    for (int n = 0; n < ready; n++) {
      struct connection *c = events[n].data.ptr;
      if (!c) {
        uint64_t expirations;
        if (read(timer, &expirations, 8) < 0 && errno != EAGAIN) fail("timer");
        continue;
      }
      ssize_t got = recv(c->fd, c->answer + c->length, ANSWER_MAX - 1 - c->length, 0);
      if (got <= 0) {
        if (got < 0 && errno == EAGAIN) continue;
        fprintf(stderr, "connection closed by the signer\n");
        return 1;
      }
      c->length += got;
      int status = status_of(c);
      if (!status) continue;
      last = now();
      latency[done++] = last - c->sent_at;
      in_flight--;
      if (status != 200 && refused++ == 0) fprintf(stderr, "%s\n", c->answer);
      if (kept < keep) {
        answered[kept] = c->request;
        answers[kept++] = strdup(strstr(c->answer, "\r\n\r\n") + 4);
      }
      c->busy = 0;
      idle[(idle_first + idle_count++) % count] = c - connections;
    }
  }
  qsort(latency, done, sizeof *latency, ascending);
  double seconds = last - start;
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  double cpu = used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
  printf("{\"requests\":%u,\"failed\":%u,\"late\":%u,\"seconds\":%.6f,\"cpuSeconds\":%.6f,\"p50Ms\":%.4f,\"p99Ms\":%.4f,\"maxMs\":%.4f,\"answers\":[",
         done, refused, late, seconds, cpu, latency[done / 2] * 1e3, latency[done * 99 / 100] * 1e3, latency[done - 1] * 1e3);
  for (uint32_t n = 0; n < kept; n++) printf("%s{\"request\":%u,\"body\":%s}", n ? "," : "", answered[n], answers[n]);
  printf("]}\n");
  return 0;
}
