#include "detail/worker_pool.hpp"
#include "store/run_database.hpp"
#include <pentimento/content_hash.hpp>
#include <pentimento/image_file.hpp>
#include <pentimento/json.hpp>
#include <pentimento/offload.hpp>
#include <pentimento/store/run_folder.hpp>

#include <boost/asio/steady_timer.hpp>
#include <stdlib.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <system_error>

namespace pentimento {

namespace fs = std::filesystem;

namespace {

constexpr const char* database_name = "run.sqlite";
constexpr const char* images_name = "images";

Error cannot_use(const fs::path& folder, const std::string& why) {
  return {errc::invalid_argument, folder.string() + ' ' + why};
}

/// The folder of a run, without symbolic links. Throws `Failure` unless there is a record in it.
fs::path folder_of_run(const fs::path& folder) {
  std::error_code error;
  const fs::path whole = fs::canonical(folder, error);
  if (error) throw Failure{cannot_use(folder, "cannot be opened: " + error.message() + "; name the folder of a run")};
  const fs::file_status record = fs::symlink_status(whole / database_name, error);
  if (!fs::exists(record))
    throw Failure{
        cannot_use(folder, std::string{"holds no run: it has no "} + database_name + "; name the folder of a run")};
  if (!fs::is_regular_file(record))
    throw Failure{cannot_use(folder, std::string{"cannot be opened: its "} + database_name + " is not a regular file")};
  return whole;
}

fs::path image_file(const fs::path& folder, const Image& image) {
  return folder / images_name / (content_hash(image) + '.' + std::string{file_extension(image.media_type())});
}

/// Calls a function with every image of an event.
template <class F>
class ImageVisitor {
 public:
  explicit ImageVisitor(F visit) : visit_{std::move(visit)} {}

  void operator()(const event::RunStarted& e) const {
    all(e.brief.reference_images());
    one(e.brief.init_image());
  }
  void operator()(const event::RoundStarted& e) const { request(e.revision.request()); }
  void operator()(const event::ImageGiven& e) const {
    request(e.request);
    visit_(e.image);
  }
  void operator()(const event::GenerationStarted& e) const { request(e.request); }
  void operator()(const event::GenerationFinished& e) const {
    all(e.generation.images());
    one(e.generation.sent_init_image());
  }
  void operator()(const event::CritiqueFinished& e) const { one(e.critique.judged()); }
  void operator()(const event::RevisionFinished& e) const { request(e.revision.request()); }
  template <class Body>
  void operator()(const Body&) const {}  // has none

 private:
  void one(const std::optional<Image>& image) const {
    if (image) visit_(*image);
  }
  void all(const std::vector<Image>& images) const {
    for (const Image& image : images) visit_(image);
  }
  void request(const GenerationRequest& request) const {
    one(request.init_image());
    one(request.mask());
  }

  F visit_;
};

/// True if an event must survive a power failure before the run goes on: it announces a paid call, or says what came of one.
/// What is lost of the others is decided, made or measured again.
bool must_be_durable(const EventBody& body) {
  struct Visitor {
    bool operator()(const event::RunStarted&) const { return true; }
    bool operator()(const event::RunStopped&) const { return true; }
    bool operator()(const event::PlanStarted& e) const { return !e.estimate.is_zero(); }
    bool operator()(const event::PlanFinished& e) const { return e.charge != Charge{}; }
    bool operator()(const event::ImageGiven&) const { return false; }
    bool operator()(const event::GenerationStarted& e) const { return !e.estimate.is_zero(); }
    bool operator()(const event::GenerationFinished& e) const { return e.generation.charge() != Charge{}; }
    bool operator()(const event::CritiqueStarted& e) const { return !e.estimate.is_zero(); }
    bool operator()(const event::CritiqueFinished& e) const { return e.critique.charge() != Charge{}; }
    bool operator()(const event::ComparisonStarted& e) const { return !e.estimate.is_zero(); }
    bool operator()(const event::ComparisonFinished& e) const { return e.comparison.charge() != Charge{}; }
    bool operator()(const event::RoundStarted&) const { return false; }
    bool operator()(const event::CandidateDecided&) const { return false; }
    bool operator()(const event::RoundFinished&) const { return false; }
    bool operator()(const event::RevisionStarted& e) const { return !e.estimate.is_zero(); }
    // A person's words cannot be had again.
    bool operator()(const event::RevisionFinished& e) const {
      return e.revision.charge() != Charge{} || e.revision.author() == "person";
    }
    bool operator()(const event::CallFailed& e) const { return e.error.charge() != Charge{}; }
    bool operator()(const event::StopRequested&) const { return false; }
  };
  return std::visit(Visitor{}, body);
}

Image load_recorded(const fs::path& folder, const Image& recorded) {
  const fs::path file = image_file(folder, recorded);
  Result<std::vector<std::byte>> bytes = detail::beginning_of_file(file, recorded.byte_count() + 1);
  if (!bytes) throw Failure{Error{errc::unreadable_image, bytes.error().message() + "; the record names it"}};
  Result<Image> image = restore(recorded, std::move(*bytes));
  if (!image) throw Failure{Error{errc::unreadable_image, file.string() + " is damaged: " + image.error().message()}};
  return std::move(*image);
}

/// Reads the events of a run. Each image is read once.
RunRecord read_record(const fs::path& folder, const store::RunDatabase& database, RunFolder::Images images) {
  std::map<std::string, Image> loaded;
  ImageSource source = [&](const Image& recorded) -> Result<Image> {
    const std::string& hash = content_hash(recorded);
    // The hash is a part of the name of a file.
    if (hash.size() != 64 || hash.find_first_not_of("0123456789abcdef") != std::string::npos)
      return Error{errc::parse_failed, "the record has an image with an invalid hash"};
    auto found = loaded.find(hash);
    if (found == loaded.end()) found = loaded.emplace(hash, load_recorded(folder, recorded)).first;
    return found->second;
  };
  if (images == RunFolder::Images::without_bytes) source = {};
  JsonLimits limits;
  limits.bytes = limits.total_bytes;  // an event is as long as it was written
  std::vector<Event> events;
  for (const std::string& json : database.events()) events.push_back(parse_event(json, source, limits).value());
  const Result<Transcript> transcript = fold(events);
  if (!transcript)
    throw Failure{
        Error{errc::parse_failed, (folder / database_name).string() + " is damaged: " + transcript.error().message()}};
  return {database.facts(), std::move(events), *transcript, database.holder()};
}

/// Reads a run whose process ended in the middle of a write, from a copy that is recovered: the record itself stays as it is.
RunRecord read_copy(const fs::path& folder, RunFolder::Images images) {
  struct TemporaryFolder {
    TemporaryFolder() {
      std::string name = (fs::temp_directory_path() / "pentimento-read-XXXXXX").string();
      if (::mkdtemp(name.data()) == nullptr)
        throw Failure{Error{errc::io_failed, "cannot create " + name + ": " + std::generic_category().message(errno)}};
      path = name;
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() {
      std::error_code ignored;
      fs::remove_all(path, ignored);
    }
    fs::path path;
  };
  const TemporaryFolder copy;
  for (const char* ending : {"", "-wal", "-journal"}) {
    const std::string file = std::string{database_name} + ending;
    if (fs::is_regular_file(fs::symlink_status(folder / file))) fs::copy_file(folder / file, copy.path / file);
  }
  fs::permissions(copy.path / database_name, fs::perms::owner_write, fs::perm_options::add);
  const store::RunDatabase database{fs::canonical(copy.path) / database_name, store::RunDatabase::Access::write};
  return read_record(folder, database, images);
}

}  // namespace

RunState RunRecord::state() const noexcept {
  if (transcript_.stop_reason()) return RunState::stopped;
  if (holder_) return RunState::running;
  return events_.empty() ? RunState::empty : RunState::interrupted;
}

std::vector<Ledger::Entry> RunRecord::open_calls() const {
  std::vector<Ledger::Entry> calls;
  for (const Call& call : pentimento::open_calls(events_)) {
    const std::vector<Ledger::Entry>& reserved = transcript_.ledger().reservations();
    const auto entry = std::ranges::find(reserved, call, &Ledger::Entry::call);
    calls.emplace_back(call, entry == reserved.end() ? Charge::estimated(Money{}) : entry->charge());
  }
  return calls;
}

Result<Brief> branch(const RunRecord& record, CandidateId from, std::string goal) {
  const Candidate* const candidate = record.transcript().find(from);
  if (candidate == nullptr)
    return Error{errc::invalid_argument, "the run " + record.facts().id() + " has no candidate " + to_string(from)};
  if (!candidate->image().has_bytes())
    return Error{errc::invalid_argument,
                 "the image of " + to_string(from) + " was read without its bytes; read the run with them"};
  Brief brief = record.transcript().brief();
  if (!goal.empty()) brief.goal(std::move(goal));
  brief.init_image(candidate->image());
  return brief;
}

/// The folder while it is written. A write in progress on a worker keeps it alive.
class RunFolder::State {
 public:
  State(fs::path folder, store::RunDatabase database)
      : folder_{std::move(folder)}, database_{std::move(database)}, record_{database_.facts(), {}, {}, {}} {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { let_go(); }

  const fs::path& folder() const noexcept { return folder_; }
  const RunRecord& record() const noexcept { return record_; }

  /// Checks a record before it is written: writing to a damaged database damages it further.
  void check() const {
    database_.check_integrity();
    static_cast<void>(database_.events());
  }

  void take_lease(const RunFolderOptions& options) { database_.take_lease(options.lease_time(), options.journal()); }

  void read() {
    record_ = read_record(folder_, database_, Images::with_bytes);
    for (const Event& event : record_.events())
      std::visit(ImageVisitor{[this](const Image& image) { written_.insert(content_hash(image)); }}, event.body());
  }

  Result<void> write(const Event& event) {
    const std::lock_guard lock{mutex_};
    try {
      if (!is_open_) return Error{errc::invalid_argument, folder_.string() + " is closed: its run has ended"};
      std::visit(ImageVisitor{[this](const Image& image) { write_image(image); }}, event.body());
      is_open_ = event.as<event::RunStopped>() == nullptr;
      database_.append(event.sequence(), to_text(event), must_be_durable(event.body()), !is_open_);
      if (!is_open_) settle();
      return {};
    } catch (...) {
      return error_from_current_exception("recording an event in " + folder_.string());
    }
  }

  /// Gives the lease back, unless an event is being recorded: nobody waits for that here. Then it ends with the state.
  void let_go() noexcept {
    const std::unique_lock lock{mutex_, std::try_to_lock};
    if (!lock || !is_open_) return;
    is_open_ = false;
    try {
      database_.release();
    } catch (...) {
      // It ends with the process.
    }
    settle();
  }

  /// Gives a sign of life now and then, as long as the state lives.
  static void keep_lease(const std::shared_ptr<State>& state, std::chrono::milliseconds lease_time) {
    state->timer_.expires_after(lease_time / 4);
    state->timer_.async_wait([weak = std::weak_ptr<State>{state}, lease_time](const boost::system::error_code& error) {
      const std::shared_ptr<State> still = weak.lock();
      if (error || still == nullptr || !still->beat()) return;
      keep_lease(still, lease_time);
    });
  }

 private:
  /// Returns false when no further sign is needed. A failure shows in the next event.
  bool beat() noexcept {
    const std::unique_lock lock{mutex_, std::try_to_lock};
    if (!lock) return true;  // an event is being recorded, which is a sign of life
    if (!is_open_) return false;
    try {
      database_.beat();
      return true;
    } catch (...) {
      return false;
    }
  }

  void write_image(const Image& image) {
    const std::string& hash = content_hash(image);
    if (written_.contains(hash)) return;
    const fs::path file = image_file(folder_, image);
    if (!image.has_bytes())
      throw Failure{
          Error{errc::invalid_argument, "cannot write " + file.string() + ": the image's bytes are kept elsewhere"}};
    detail::write_file(file, image.bytes(), detail::Sync::yes).value();
    written_.insert(hash);
  }

  void settle() noexcept {
    try {
      database_.settle();
    } catch (...) {
      // Somebody reads. The log stays beside the database, which is as good.
    }
  }

  const fs::path folder_;
  std::mutex mutex_;
  store::RunDatabase database_;
  RunRecord record_;
  std::set<std::string> written_;  // the hashes of images that are on disk
  bool is_open_ = true;
  boost::asio::steady_timer timer_{detail::worker_pool()};
};

RunFolder::RunFolder(std::shared_ptr<State> state) noexcept : state_{std::move(state)} {}
RunFolder::~RunFolder() { state_->let_go(); }

const fs::path& RunFolder::path() const noexcept { return state_->folder(); }
const RunRecord& RunFolder::record() const noexcept { return state_->record(); }

Result<std::shared_ptr<RunFolder>> RunFolder::create(const fs::path& folder, RunFolderOptions options) {
  try {
    std::error_code error;
    const auto made = [&](const fs::path& path) {
      fs::create_directories(path, error);
      if (error) throw Failure{Error{errc::io_failed, "cannot create " + path.string() + ": " + error.message()}};
    };
    made(folder);
    const fs::path whole = fs::canonical(folder);
    if (const fs::file_status there = fs::symlink_status(whole / database_name, error);
        fs::exists(there) && !fs::is_regular_file(there)) {
      return cannot_use(folder, std::string{"cannot be used: its "} + database_name + " is not a regular file");
    }
    if (fs::is_symlink(fs::symlink_status(whole / images_name, error)))
      return cannot_use(folder, std::string{"cannot be used: its "} + images_name + " is a symbolic link");
    made(whole / images_name);
    auto state = std::make_shared<State>(
        whole, store::RunDatabase{whole / database_name, store::RunDatabase::Access::create, options});
    if (!detail::sync_folder(whole) || !detail::sync_folder(whole.parent_path()))
      return Error{errc::io_failed, "cannot write " + folder.string() + ": " + std::generic_category().message(errno)};
    state->take_lease(options);
    State::keep_lease(state, options.lease_time());
    return std::shared_ptr<RunFolder>{new RunFolder{std::move(state)}};
  } catch (...) {
    return error_from_current_exception("creating the run folder " + folder.string());
  }
}

Result<std::shared_ptr<RunFolder>> RunFolder::open(const fs::path& folder, RunFolderOptions options) {
  try {
    const fs::path whole = folder_of_run(folder);
    auto state =
        std::make_shared<State>(whole, store::RunDatabase{whole / database_name, store::RunDatabase::Access::write});
    state->check();
    state->take_lease(options);
    state->read();
    State::keep_lease(state, options.lease_time());
    return std::shared_ptr<RunFolder>{new RunFolder{std::move(state)}};
  } catch (...) {
    return error_from_current_exception("opening the run folder " + folder.string());
  }
}

Result<RunRecord> RunFolder::read(const fs::path& folder, Images images) {
  try {
    const fs::path whole = folder_of_run(folder);
    try {
      const store::RunDatabase database{whole / database_name, store::RunDatabase::Access::read};
      return read_record(whole, database, images);
    } catch (const store::NeedsRecovery&) {
      return read_copy(whole, images);
    }
  } catch (...) {
    return error_from_current_exception("reading the run folder " + folder.string());
  }
}

std::string RunFolder::new_id() {
  std::random_device device;
  std::string id;
  for (int i = 0; i < 8; ++i) id += "abcdefghijkmnpqrstuvwxyz23456789"[device() & 31];
  return id;
}

bool RunFolder::is_run(const fs::path& folder) {
  std::error_code error;
  return fs::is_regular_file(fs::symlink_status(folder / database_name, error));
}

boost::asio::awaitable<Result<void>> RunFolder::do_on_event(Event event) {
  boost::asio::any_io_executor pool = detail::worker_pool();
  auto job = [state = state_, event = std::move(event)] { return state->write(event); };
  Result<void> written = co_await offload(pool, job);
  co_return written;
}

}  // namespace pentimento
