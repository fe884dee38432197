// What answers cost: every kind of token apart, editions of models, and what is not known.
module Llm.Core.Tests.PriceTests

open System
open NUnit.Framework
open Llm.Core

let private all: TokenRates =
    {
        Input = 1m
        Output = 10m
        CacheRead = Some 0.1m
        CacheWrite = Some 2m
        CacheWriteOneHour = Some 3m
        Reasoning = Some 5m
        AudioInput = Some 40m
        AudioOutput = Some 80m
    }

let private price model rates : Price =
    {
        Provider = "acme"
        Model = model
        Rates = rates
        LongPrompt = None
        AsOf = DateOnly(2026, 11, 1)
        Source = "https://acme.example/pricing"
    }

let private table =
    PriceTable.empty Currency.usd |> PriceTable.addAll [ price "gpt" all; price "gpt-mini" (TokenRates.create 1m 2m) ]

let private usage =
    { Usage.zero with
        InputTokens = 1_000_000L
        CacheReadTokens = 100_000L
        CacheWriteTokens = 200_000L
        AudioInputTokens = 300_000L
        OutputTokens = 1_000_000L
        ReasoningTokens = 250_000L
        AudioOutputTokens = 150_000L
    }

let private total model usage = Cost.ofUsage table "acme" model usage |> Option.map (fun cost -> Money.render cost.Total)

[<Test>]
let ``every kind of token has its own price`` () =
    match Cost.ofUsage table "acme" "gpt" usage with
    | None -> Assert.Fail "no cost"
    | Some cost ->
        let items = cost.Items |> List.map (fun item -> item.Kind, item.Amount.Amount)

        let expected =
            [
                CostKind.Input, 0.4m
                CostKind.CacheRead, 0.01m
                CostKind.CacheWrite, 0.4m
                CostKind.AudioInput, 12m
                CostKind.Output, 6m
                CostKind.Reasoning, 1.25m
                CostKind.AudioOutput, 12m
            ]

        Assert.That(items, Is.EqualTo<(CostKind * decimal) list> expected)
        Assert.That(cost.Total, Is.EqualTo(Money.usd 32.06m))

[<Test>]
let ``an unknown model costs nothing that is known, not nothing`` () =
    Assert.That(total "other" usage, Is.EqualTo None)
    Assert.That(Cost.ofUsage table "acme2" "gpt" usage, Is.EqualTo None)

[<Test>]
let ``tokens of a kind without a price make the cost unknown`` () =
    Assert.That(total "gpt-mini" { Usage.zero with InputTokens = 10L; CacheReadTokens = 1L }, Is.EqualTo None)
    Assert.That(total "gpt-mini" { Usage.zero with OutputTokens = 10L; AudioOutputTokens = 1L }, Is.EqualTo None)
    // Reasoning is output, and is billed as such where there is no other price.
    Assert.That(total "gpt-mini" { Usage.zero with OutputTokens = 1_000_000L; ReasoningTokens = 500_000L }, Is.EqualTo(Some "USD 2"))

[<TestCase("gpt-2026-01-31", "gpt")>]
[<TestCase("gpt-20260131", "gpt")>]
[<TestCase("gpt@20260131", "gpt")>]
[<TestCase("gpt-001", "gpt")>]
[<TestCase("gpt-latest", "gpt")>]
[<TestCase("gpt-mini-2026-01-31", "gpt-mini")>]
[<TestCase("gpt-nano", "")>]
[<TestCase("gpt-audio-2026-01-31", "")>]
[<TestCase("gpt-2026-01-31-audio", "")>]
[<TestCase("gp", "")>]
[<TestCase("gptx", "")>]
let ``a dated model has the price of its family, any other addition is another model`` (model: string) (expected: string) =
    let found = PriceTable.tryFind "acme" model table |> Option.map _.Model |> Option.defaultValue ""
    Assert.That(found, Is.EqualTo expected)

[<Test>]
let ``an edition with a price of its own has that one`` () =
    let own = price "gpt-2026-01-31" (TokenRates.create 7m 7m)
    let found = table |> PriceTable.add own |> PriceTable.tryFind "acme" "gpt-2026-01-31"
    Assert.That(found, Is.EqualTo(Some own))

[<Test>]
let ``a price that is added takes the place of the old one`` () =
    let changed = table |> PriceTable.add (price "gpt" (TokenRates.create 5m 5m))
    let cost = Cost.ofUsage changed "acme" "gpt" { Usage.zero with InputTokens = 1_000_000L }
    Assert.That(cost |> Option.map _.Total, Is.EqualTo(Some(Money.usd 5m)))
    Assert.That(PriceTable.toList changed |> List.length, Is.EqualTo 2)

[<Test>]
let ``a long prompt has its own rates for all of the call`` () =
    let long = { price "long" (TokenRates.create 1m 2m) with LongPrompt = Some(200_000L, TokenRates.create 2m 3m) }

    let cost tokens =
        Cost.ofPrice Currency.usd long CacheLifetime.FiveMinutes { Usage.zero with InputTokens = tokens; OutputTokens = 1_000_000L }
        |> Option.map _.Total.Amount

    Assert.That(cost 200_000L, Is.EqualTo(Some 2.2m))
    Assert.That(cost 200_001L, Is.EqualTo(Some(3m + 0.400002m)))

let private response: Response =
    {
        Id = None
        Provider = "acme"
        Api = "fake"
        ModelId = "acme/gpt:responses"
        ProviderModel = "deployment-7"
        Params = Params.none
        Tools = ToolRequest.none
        Format = None
        Sent = []
        Answer = { Content = []; Name = None; Origin = None }
        Content = []
        FinishReason = None
        Usage = Some { Usage.zero with InputTokens = 1_000_000L; CacheWriteTokens = 1_000_000L }
        Warnings = []
        RequestId = None
        RateLimits = None
        Raw = None
        StartedAt = DateTimeOffset.UnixEpoch
        EndedAt = DateTimeOffset.UnixEpoch
        Fields = []
        Metadata = []
    }

[<Test>]
let ``the cost of a response is that of the model that answered, else of the one that was asked`` () =
    let cost response = Cost.ofResponse table response |> Option.map _.Total.Amount
    Assert.That(cost response, Is.EqualTo(Some 2m))
    Assert.That(cost { response with ProviderModel = "gpt-mini" }, Is.EqualTo None)
    Assert.That(cost { response with ModelId = "acme/unknown" }, Is.EqualTo None)
    Assert.That(cost { response with Usage = None }, Is.EqualTo None)

[<Test>]
let ``what is written to a cache for an hour has its own price`` () =
    let hour = { Params.none with PromptCaching = PromptCaching.For CacheLifetime.OneHour }
    let cost = Cost.ofResponse table { response with Params = hour }
    Assert.That(cost |> Option.map _.Total.Amount, Is.EqualTo(Some 3m))

[<Test>]
let ``the prices that come with the library have dates, sources and sense`` () =
    let prices = PriceTable.toList Prices.standard
    Assert.That(prices, Is.Not.Empty)

    for price in prices do
        Assert.That(price.AsOf, Is.GreaterThan(DateOnly(2026, 1, 1)), price.Model)
        Assert.That(Uri.IsWellFormedUriString(price.Source, UriKind.Absolute), price.Model)
        Assert.That(price.Rates.Input > 0m && price.Rates.Output >= price.Rates.Input, price.Model)
        Assert.That(price.Rates.CacheRead |> Option.forall (fun read -> read > 0m && read < price.Rates.Input), price.Model)

[<Test>]
let ``known answers at known prices`` () =
    let cost provider model usage = Cost.ofUsage Prices.standard provider model usage |> Option.map (fun cost -> Money.render cost.Total)
    let thousand = { Usage.zero with InputTokens = 1000L; OutputTokens = 100L }
    Assert.That(cost "openai" "gpt-5.4" thousand, Is.EqualTo(Some "USD 0.0040"))
    Assert.That(cost "openai" "gpt-4o-2024-08-06" { thousand with CacheReadTokens = 400L }, Is.EqualTo(Some "USD 0.0030"))
    Assert.That(cost "anthropic" "claude-haiku-4-5-20251001" thousand, Is.EqualTo(Some "USD 0.0015"))
    Assert.That(cost "google" "gemini-2.5-flash" { thousand with AudioInputTokens = 1000L }, Is.EqualTo(Some "USD 0.00125"))
