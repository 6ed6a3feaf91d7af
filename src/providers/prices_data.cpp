#include "providers/prices_data.hpp"

// Change a figure together with its source and the date. Leave out what no source states: what has no price is unknown,
// and never free.

namespace pentimento {

const std::string_view builtin_prices = R"json({
  "date": "2026-12-01",
  "sources": [
    "Stability: credits per call by the v2beta OpenAPI document in tryAGI/StabilityAI (undated, about 2026)",
    "Stability: 1 credit = 0.01 USD, by a third party",
    "OpenAI: developers.openai.com/api/docs/models, autumn 2026; figures that only others quote from there say so",
    "OpenAI, tokens of a generated image: its calculator's rule for gpt-image-2, by a user of its forum, 2026-06-05",
    "Anthropic: platform.claude.com, pricing and model pages, autumn 2026; Haiku 5.5 and the cache by third parties that checked its page on 2026-10-16 and 2026-10-24",
    "Local servers run on the user's own hardware: no charge for a call"
  ],
  "prices": [
    {"provider": "stability", "model": "sd3.5-large", "usd_per_call": 0.065},
    {"provider": "stability", "model": "sd3.5-large-turbo", "usd_per_call": 0.04},
    {"provider": "stability", "model": "sd3.5-medium", "usd_per_call": 0.035},
    {"provider": "stability", "model": "sd3.5-flash", "usd_per_call": 0.025},
    {"provider": "stability", "model": "sd3-large", "usd_per_call": 0.065, "basis": "re-routed to sd3.5-large"},
    {"provider": "stability", "model": "sd3-large-turbo", "usd_per_call": 0.04,
     "basis": "re-routed to sd3.5-large-turbo"},
    {"provider": "stability", "model": "sd3-medium", "usd_per_call": 0.035, "basis": "re-routed to sd3.5-medium"},
    {"provider": "stability", "model": "core", "usd_per_call": 0.03},
    {"provider": "stability", "model": "ultra", "usd_per_call": 0.08},

    {"provider": "openai", "model": "gpt-image-2.6-sunburst",
     "usd_per_million": {"text_in": 5, "cached_text_in": 1.25, "image_in": 8, "cached_image_in": 2,
                         "image_out": 30},
     "image_tokens": {"low": {"grid": 96}, "medium": {"grid": 96}, "high": {"grid": 96}},
     "sent_image_tokens": 8000,
     "basis": "OpenAI's page of the model; tokens: assumed at most those of gpt-image-2 at high quality"},
    {"provider": "openai", "model": "gpt-image-2.5-sunburst",
     "usd_per_million": {"text_in": 5, "cached_text_in": 1.25, "image_in": 8, "cached_image_in": 2,
                         "image_out": 30},
     "image_tokens": {"low": {"grid": 96}, "medium": {"grid": 96}, "high": {"grid": 96}},
     "sent_image_tokens": 8000,
     "basis": "third parties, 2026-09-09; tokens: assumed at most those of gpt-image-2 at high quality"},
    {"provider": "openai", "model": "gpt-image-2.5-flare",
     "usd_per_million": {"text_in": 5, "cached_text_in": 1.25, "image_in": 8, "cached_image_in": 2,
                         "image_out": 30},
     "image_tokens": {"low": {"grid": 96}, "medium": {"grid": 96}, "high": {"grid": 96}},
     "sent_image_tokens": 8000,
     "basis": "third parties, 2026-09-09; tokens: assumed at most those of gpt-image-2 at high quality"},
    {"provider": "openai", "model": "gpt-image-2",
     "usd_per_million": {"text_in": 5, "cached_text_in": 1.25, "image_in": 8, "cached_image_in": 2,
                         "text_out": 10, "image_out": 30},
     "image_tokens": {"low": {"grid": 16}, "medium": {"grid": 48}, "high": {"grid": 96}, "auto": {"grid": 96}},
     "sent_image_tokens": 8000,
     "basis": "third parties that agree, 2026; assumed: auto is at most high, and the tokens of a sent image"},
    {"provider": "openai", "model": "gpt-image-1-mini",
     "usd_per_million": {"text_in": 2, "cached_text_in": 0.2, "image_in": 2.5, "cached_image_in": 0.25,
                         "image_out": 8},
     "image_tokens": {"low": 750, "medium": 1875, "high": 6500, "auto": 6500},
     "sent_image_tokens": 8000,
     "basis": "OpenAI's page of the model; tokens from its prices per image (0.006, 0.015, 0.052 USD)"},

    {"provider": "openai", "model": "gpt-6.1-sol",
     "usd_per_million": {"text_in": 2, "cached_text_in": 0.1, "text_out": 10},
     "basis": "third parties that quote OpenAI's page, 2026-10; for up to 272,000 tokens of input"},
    {"provider": "openai", "model": "gpt-6-sol",
     "usd_per_million": {"text_in": 2, "cached_text_in": 0.2, "text_out": 10},
     "basis": "third parties that quote OpenAI's page, 2026-10"},

    {"provider": "openai", "model": "gpt-6-luna",
     "usd_per_million": {"text_in": 0.1, "text_out": 0.5},
     "basis": "the model's page at Vercel's AI Gateway, 2026-12-01"},

    {"provider": "anthropic", "model": "claude-opus-5-5",
     "usd_per_million": {"text_in": 4, "cached_text_in": 0.2, "cache_write_in": 5, "text_out": 20}},
    {"provider": "anthropic", "model": "claude-sonnet-5-5",
     "usd_per_million": {"text_in": 2, "cached_text_in": 0.1, "cache_write_in": 2.5, "text_out": 10}},
    {"provider": "anthropic", "model": "claude-haiku-5-5",
     "usd_per_million": {"text_in": 0.1, "cached_text_in": 0.01, "cache_write_in": 0.125, "text_out": 0.5},
     "basis": "for prompts of up to 100,000 tokens; longer ones cost five times as much"},
    {"provider": "anthropic", "model": "claude-fable-5-1",
     "usd_per_million": {"text_in": 10, "cached_text_in": 0.25, "cache_write_in": 12.5, "text_out": 50}},
    {"provider": "anthropic", "model": "claude-opus-5",
     "usd_per_million": {"text_in": 5, "cached_text_in": 0.5, "cache_write_in": 6.25, "text_out": 25}},

    {"provider": "sd-server", "model": "*", "usd_per_call": 0},
    {"provider": "localai", "model": "*", "usd_per_call": 0},
    {"provider": "llama.cpp", "model": "*", "usd_per_call": 0},
    {"provider": "ollama", "model": "*", "usd_per_call": 0},
    {"provider": "vllm", "model": "*", "usd_per_call": 0},
    {"provider": "lm-studio", "model": "*", "usd_per_call": 0}
  ]
})json";

}  // namespace pentimento
