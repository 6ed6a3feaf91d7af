#pragma once

#include <pentimento/image.hpp>

#include <optional>
#include <string>

namespace pentimento {

/**
 * What is wrong with a picture that came from elsewhere, as far as can be told without decoding it: more pixels than
 * anybody asked for, or an end that is missing (PNG: IEND, at the end of its chunks; JPEG: EOI; WebP: the length that its
 * header says; GIF: the trailer). Half a picture is an error of who sent it, and nothing that a critic should judge.
 * Bytes behind the end are no fault. Whether what is in between decodes, only a decoder knows.
 */
std::optional<std::string> fault_of_received(const Image& image);

}  // namespace pentimento
