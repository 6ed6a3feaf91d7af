// The report of a run and its contact sheet.

#include "boundary.hpp"
#include "images.hpp"
#include "run.hpp"
#include <pentimento/content_hash.hpp>
#include <pentimento/json.hpp>
#include <pentimento/report.hpp>
#include <pentimento/transcript.hpp>
#if PENTIMENTO_WITH_OFFLINE
#include <pentimento/offline/contact_sheet.hpp>
#endif

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

using namespace pentimento;
using namespace pentimento::capi;

namespace {

/// Folds recorded events. An image that is not among `images` stays without bytes.
Transcript fold_with(ptm_str events, const ptm_image* const* images, std::size_t count) {
  const ImageSource source = [images = images_of(images, count)](const Image& recorded) -> Result<Image> {
    return find_image_of(images, content_hash(recorded)).value_or(recorded);
  };
  return value_of(fold(value_of(parse_events(text_of(events, "events"), source))));
}

Image sheet_of([[maybe_unused]] const Transcript& run) {
#if PENTIMENTO_WITH_OFFLINE
  return value_of(offline::contact_sheet(run));
#else
  throw Failure{Error{errc::unsupported,
                      "this library was built without the offline backends, which draw the contact "
                      "sheet; build it with PENTIMENTO_OFFLINE"}};
#endif
}

}  // namespace

extern "C" {

ptm_status ptm_run_report_html(ptm_run* run, ptm_text** html, ptm_error** error) {
  return guarded(error, [&] {
    ptm_text*& result = out(html, "html");
    result = new_text(report_html(get(run, "run")->transcript()));
  });
}

ptm_status ptm_run_contact_sheet(ptm_run* run, ptm_image** sheet, ptm_error** error) {
  return guarded(error, [&] {
    ptm_image*& result = out(sheet, "sheet");
    result = new_handle<ptm_image>(std::make_shared<Image>(sheet_of(get(run, "run")->transcript())));
  });
}

ptm_status ptm_report_html(ptm_str events, const ptm_image* const* images, size_t image_count, ptm_text** html,
                           ptm_error** error) {
  return guarded(error, [&] {
    ptm_text*& result = out(html, "html");
    result = new_text(report_html(fold_with(events, images, image_count)));
  });
}

ptm_status ptm_contact_sheet(ptm_str events, const ptm_image* const* images, size_t image_count, ptm_image** sheet,
                             ptm_error** error) {
  return guarded(error, [&] {
    ptm_image*& result = out(sheet, "sheet");
    result = new_handle<ptm_image>(std::make_shared<Image>(sheet_of(fold_with(events, images, image_count))));
  });
}

}  // extern "C"
