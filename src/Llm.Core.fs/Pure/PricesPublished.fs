// The prices that come with the library, in US dollars a million tokens, each with the day and the page on which it was read. Providers change
// prices without notice: add your own rows to the table for what you are billed by.
namespace Llm.Core

open System

/// <summary>The prices that come with the library.</summary>
[<RequireQualifiedAccess>]
module Prices =
    let private price provider (source: string) (year: int, month: int, day: int) (model: string) (rates: TokenRates) : Price =
        {
            Provider = provider
            Model = model
            Rates = rates
            LongPrompt = None
            AsOf = DateOnly(year, month, day)
            Source = source
        }

    let private above (limit: int64) (rates: TokenRates) (price: Price) : Price = { price with LongPrompt = Some(limit, rates) }

    /// Input, writing to a cache for five minutes and for an hour, reading from it, output: the columns of Anthropic's page.
    let private claude (input: decimal) (fiveMinutes: decimal) (oneHour: decimal) (read: decimal) (output: decimal) : TokenRates =
        { TokenRates.create input output with
            CacheRead = Some read
            CacheWrite = Some fiveMinutes
            CacheWriteOneHour = Some oneHour
        }

    let private anthropic: Price list =
        let page = price "anthropic" "https://platform.claude.com/docs/en/about-claude/pricing"
        let opus5 = price "anthropic" "https://platform.claude.com/docs/en/models/opus-5-5/overview" (2026, 10, 7)
        // The page's prices since Claude Haiku 5.5 came, as this release notes them.
        let noted = price "anthropic" "https://github.com/kurofune/claudit/releases/tag/v1.9.2" (2026, 10, 24)
        let autumn = page (2026, 9, 23)
        let winter = page (2026, 2, 5)

        [
            autumn "claude-fable-5-1" (claude 10m 12.5m 20m 0.25m 50m)
            autumn "claude-fable-5" (claude 10m 12.5m 20m 1m 50m)
            opus5 "claude-opus-5-5" (claude 4m 5m 8m 0.2m 20m)
            autumn "claude-opus-5" (claude 5m 6.25m 10m 0.5m 25m)
            autumn "claude-opus-4-8" (claude 5m 6.25m 10m 0.5m 25m)
            autumn "claude-opus-4-7" (claude 5m 6.25m 10m 0.5m 25m)
            autumn "claude-opus-4-6" (claude 5m 6.25m 10m 0.5m 25m)
            autumn "claude-opus-4-5" (claude 5m 6.25m 10m 0.5m 25m)
            autumn "claude-opus-4-1" (claude 15m 18.75m 30m 1.5m 75m)
            noted "claude-sonnet-5-5" (claude 2m 2.5m 4m 0.1m 10m)
            price
                "anthropic"
                "https://platform.claude.com/docs/en/models/sonnet-5/overview"
                (2026, 9, 23)
                "claude-sonnet-5"
                (claude 2m 2.5m 4m 0.2m 10m)
            winter "claude-sonnet-4-6" (claude 3m 3.75m 6m 0.3m 15m)
            winter "claude-sonnet-4-5" (claude 3m 3.75m 6m 0.3m 15m)
            winter "claude-sonnet-4" (claude 3m 3.75m 6m 0.3m 15m)
            winter "claude-3-7-sonnet" (claude 3m 3.75m 6m 0.3m 15m)
            noted "claude-haiku-5-5" (claude 0.1m 0.125m 0.2m 0.01m 0.5m) |> above 100_000L (claude 0.5m 0.625m 1m 0.05m 2.5m)
            winter "claude-haiku-4-5" (claude 1m 1.25m 2m 0.1m 5m)
            winter "claude-3-5-haiku" (claude 0.8m 1m 1.6m 0.08m 4m)
            winter "claude-3-haiku" (claude 0.25m 0.3m 0.5m 0.03m 1.25m)
        ]

    /// Input, cached input and output: the columns of OpenAI's page and of Google's.
    let private cached (input: decimal) (read: decimal) (output: decimal) : TokenRates =
        { TokenRates.create input output with CacheRead = Some read }

    let private openAI: Price list =
        // OpenAI's page, developers.openai.com/api/docs/pricing, as it was transcribed on that day.
        let page = price "openai" "https://github.com/api-evangelist/openai/blob/main/plans/openai-plans-pricing.yml" (2026, 5, 4)
        // Above 272,000 tokens of input it doubles the input's price and takes half as much again for the output.
        let noted =
            price "openai" "https://github.com/github/docs/blob/main/data/tables/copilot/models-and-pricing.yml" (2026, 11, 21)

        let spring = price "openai" "https://docs.rs/crate/adk-model/latest/source/src/openai/pricing.rs" (2026, 3, 1)
        let audio = price "openai" "https://aitoolrank.net/model/openai--gpt-4o-audio-preview" (2026, 3, 23)

        [
            page "gpt-5.5" (cached 5m 0.5m 30m) |> above 272_000L (cached 10m 1m 45m)
            page "gpt-5.5-pro" (TokenRates.create 30m 180m)
            page "gpt-5.4" (cached 2.5m 0.25m 15m) |> above 272_000L (cached 5m 0.5m 22.5m)
            page "gpt-5.4-mini" (cached 0.75m 0.075m 4.5m)
            page "gpt-5.4-nano" (cached 0.2m 0.02m 1.25m)
            noted "gpt-5.2" (cached 1.75m 0.175m 14m)
            noted "gpt-5-mini" (cached 0.25m 0.025m 2m)
            noted "gpt-4.1" (cached 2m 0.5m 8m)
            spring "gpt-5" (cached 1.25m 0.125m 10m)
            spring "gpt-4o" (cached 2.5m 1.25m 10m)
            spring "gpt-4o-mini" (cached 0.15m 0.075m 0.6m)
            audio "gpt-4o-audio-preview" { TokenRates.create 2.5m 10m with AudioInput = Some 40m; AudioOutput = Some 80m }
        ]

    let private google: Price list =
        // Google's page, ai.google.dev/gemini-api/docs/pricing, as it was transcribed.
        let page =
            price "google" "https://github.com/api-evangelist/deepmind/blob/main/plans/deepmind-plans-pricing.yml" (2026, 10, 7)

        let table = price "google" "https://github.com/eidast/ai-models-stats/blob/main/docs/GOOGLE_PRICING.md" (2026, 2, 1)

        [
            page "gemini-3.5-flash" (TokenRates.create 1.5m 9m)
            page "gemini-3.5-flash-lite" { TokenRates.create 0.3m 2.5m with AudioInput = Some 0.3m }
            page "gemini-3.1-pro-preview" (TokenRates.create 2m 12m) |> above 200_000L (TokenRates.create 4m 18m)
            table "gemini-2.5-pro" { cached 1.25m 0.125m 10m with AudioInput = Some 1.25m }
            |> above 200_000L { TokenRates.create 2.5m 15m with AudioInput = Some 2.5m }
            table "gemini-2.5-flash" { cached 0.3m 0.03m 2.5m with AudioInput = Some 1m }
            table "gemini-2.5-flash-lite" (cached 0.1m 0.01m 0.4m)
        ]

    /// <summary>
    /// The prices of the models of Anthropic, Google and OpenAI that are known here, in US dollars. What a model is not found for is not free: it is
    /// unknown. Prices change; <c>PriceTable.add</c> overrides them.
    /// </summary>
    let standard: PriceTable<usd> = PriceTable.empty Currency.usd |> PriceTable.addAll (anthropic @ openAI @ google)
