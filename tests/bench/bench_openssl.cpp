// usage: bench_openssl HOST PORT CA_FILE ITERATIONS
//
// A lower bound for bench_http: blocking OpenSSL on one persistent connection, with requests and replies of the same size, of
// which only the end is parsed. Prints one line of JSON with `cpu_s` and `bytes`.

#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "bench_openssl: %s failed\n", what);
  ERR_print_errors_fp(stderr);
  std::exit(1);
}

int connected(const char* host, const char* port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host, port, &hints, &found) != 0) fail("the look-up");
  const int socket = ::socket(found->ai_family, found->ai_socktype, found->ai_protocol);
  if (socket < 0 || ::connect(socket, found->ai_addr, found->ai_addrlen) != 0) fail("connecting");
  ::freeaddrinfo(found);
  return socket;
}

void write_all(SSL* ssl, const char* data, std::size_t size) {
  while (size > 0) {
    std::size_t count = 0;
    if (SSL_write_ex(ssl, data, size, &count) != 1) fail("writing");
    data += count;
    size -= count;
  }
}

/// Reads a reply that states its length into `buffer`; gives the place and the size of its body.
std::size_t read_reply(SSL* ssl, std::vector<char>& buffer, std::size_t& body_at) {
  std::size_t have = 0;
  std::size_t size = 0;
  body_at = 0;
  while (body_at == 0 || have < body_at + size) {
    if (buffer.size() < have + 16'384) buffer.resize(buffer.size() * 2 + 65'536);
    std::size_t count = 0;
    if (SSL_read_ex(ssl, buffer.data() + have, buffer.size() - have, &count) != 1) fail("reading");
    have += count;
    if (body_at != 0) continue;
    const std::string_view head{buffer.data(), have};
    const std::size_t end = head.find("\r\n\r\n");
    if (end == std::string_view::npos) continue;
    body_at = end + 4;
    const std::size_t length = head.find("ength: ");  // of Content-Length, in whatever case
    if (length == std::string_view::npos) fail("finding the length of a reply");
    size = std::strtoull(head.data() + length + 7, nullptr, 10);
  }
  return size;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fputs("usage: bench_openssl HOST PORT CA_FILE ITERATIONS\n", stderr);
    return 2;
  }
  const std::string host = argv[1];
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  if (SSL_CTX_load_verify_locations(context, argv[3], nullptr) != 1) fail("reading the CA file");
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL* ssl = SSL_new(context);
  SSL_set_fd(ssl, connected(argv[1], argv[2]));
  SSL_set_tlsext_host_name(ssl, argv[1]);
  if (SSL_connect(ssl) != 1) fail("the handshake");

  const std::string about = " HTTP/1.1\r\nHost: " + host + "\r\nAuthorization: Bearer benchmark\r\nAccept: image/*\r\n";
  const std::string form =
      "--b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\na lady in a red saree, walking in the park\r\n"
      "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nsd3.5-large\r\n"
      "--b\r\nContent-Disposition: form-data; name=\"output_format\"\r\n\r\npng\r\n--b--\r\n";
  const std::string paint =
      "POST /v2beta/stable-image/generate/sd3" + about +
      "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: " + std::to_string(form.size()) + "\r\n\r\n" +
      form;
  std::vector<char> reply;
  std::string question;  // made once: what it costs to make it is what a client is measured by
  unsigned long long bytes = 0;
  const long iterations = std::strtol(argv[4], nullptr, 10);
  for (long i = 0; i < iterations; ++i) {
    write_all(ssl, paint.data(), paint.size());
    std::size_t body_at = 0;
    const std::size_t picture = read_reply(ssl, reply, body_at);
    if (question.empty()) {
      // As long as the image in base64.
      std::string encoded((picture + 2) / 3 * 4, 'A');
      const std::string body =
          R"({"model":"benchmark","messages":[{"role":"user","content":[{"type":"text","text":"?"},)"
          R"({"type":"image_url","image_url":{"url":"data:image/png;base64,)" +
          encoded + R"("}}]}]})";
      question = "POST /v1/chat/completions" + about +
                 "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    }
    write_all(ssl, question.data(), question.size());
    const std::size_t answer = read_reply(ssl, reply, body_at);
    bytes += paint.size() + picture + question.size() + answer;
  }
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  std::printf("{\"iterations\": %ld, \"cpu_s\": %.4f, \"bytes\": %llu}\n", iterations,
              seconds(usage.ru_utime) + seconds(usage.ru_stime), bytes);
  return 0;
}
