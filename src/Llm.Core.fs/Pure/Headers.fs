// HTTP headers as plain data, and what providers say in them: the request's id, the wait they ask for, the limits left.
namespace Llm.Core

open System
open System.Globalization

/// <summary>Header names and values, in order. Names are compared without case (RFC 9110, 5.1).</summary>
type Headers = (string * string) list

/// One limit of a provider, as its headers tell it; None where they do not.
type RateLimit =
    {
        /// How many are allowed in a window.
        Limit: int64 option
        /// How many are left in this window.
        Remaining: int64 option
        /// How long until the window starts anew.
        Reset: TimeSpan option
    }

/// The limits that came with an answer.
type RateLimits =
    {
        /// Calls.
        Requests: RateLimit
        /// Tokens.
        Tokens: RateLimit
    }

/// Functions on <see cref="T:Llm.Core.Headers"/>.
[<RequireQualifiedAccess>]
module Headers =
    /// <summary>The first value of a name.</summary>
    /// <example><c>Headers.tryFind "Retry-After" [ "retry-after", "2" ]</c> evaluates to <c>Some "2"</c>.</example>
    let rec tryFind (name: string) (headers: Headers) : string option =
        match headers with
        | [] -> None
        | (key, value) :: rest ->
            if String.Equals(key, name, StringComparison.OrdinalIgnoreCase) then
                Some value
            else
                tryFind name rest

    let rec private tryFirst (names: string list) (headers: Headers) : string option =
        match names with
        | [] -> None
        | name :: others ->
            match tryFind name headers with
            | None -> tryFirst others headers
            | found -> found

    let internal requestIds =
        [
            "x-request-id"
            "request-id"
            "apim-request-id"
            "x-amzn-requestid"
            "x-goog-request-id"
            "mistral-correlation-id"
            "x-groq-request-id"
            "cf-ray"
        ]

    /// <summary>The provider's id of the request, by whichever of the vendors' names it has.</summary>
    let requestId (headers: Headers) : string option = tryFirst requestIds headers

    let private number (text: string) : float option =
        match Double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture) with
        | true, value when Double.IsFinite value -> Some value
        | _ -> None

    /// Seconds within what a TimeSpan holds.
    let private ofSeconds (seconds: float) = TimeSpan.FromSeconds(Math.Clamp(seconds, 0.0, 1e9))

    let private date (text: string) : DateTimeOffset option =
        match DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal) with
        | true, value -> Some value
        | _ -> None

    /// A moment, as the wait from the answer's own Date header: there is no clock here.
    let private until (headers: Headers) (moment: DateTimeOffset) =
        tryFind "date" headers |> Option.bind date |> Option.map (fun sent -> ofSeconds (moment - sent).TotalSeconds)

    /// The headers with the moment when they came, where the server does not say when it sent them: waits are counted from there.
    let internal datedFrom (moment: DateTimeOffset) (headers: Headers) : Headers =
        match tryFind "date" headers |> Option.bind date with
        | Some _ -> headers
        | None -> ("date", moment.ToString("R", CultureInfo.InvariantCulture)) :: headers

    /// <summary>
    /// How long to wait: <c>retry-after-ms</c>, or <c>Retry-After</c> in seconds or as a date (RFC 9110, 10.2.3), which is
    /// counted from the answer's own <c>Date</c>.
    /// </summary>
    /// <example><c>Headers.retryAfter [ "retry-after-ms", "1500" ]</c> evaluates to <c>Some (TimeSpan.FromSeconds 1.5)</c>.</example>
    let retryAfter (headers: Headers) : TimeSpan option =
        let milliseconds =
            tryFind "retry-after-ms" headers |> Option.bind number |> Option.map (fun value -> ofSeconds (value / 1000.0))

        let seconds () =
            tryFind "retry-after" headers
            |> Option.bind (fun text ->
                match number text with
                | Some value -> Some(ofSeconds value)
                | None -> date text |> Option.bind (until headers))

        milliseconds |> Option.orElseWith seconds

    let private count (text: string) : int64 option =
        match Decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture) with
        | true, value -> Some(Int64.CreateSaturating value)
        // What even a decimal cannot hold.
        | _ -> number text |> Option.map Int64.CreateSaturating

    /// "6m0s", "12ms", "1.5s", "30": the durations of OpenAI-like vendors.
    let private duration (text: string) : TimeSpan option =
        let unitSeconds unit =
            match unit with
            | "d" -> Some 86400.0
            | "h" -> Some 3600.0
            | "m" -> Some 60.0
            | ""
            | "s" -> Some 1.0
            | "ms" -> Some 0.001
            | "us"
            | "µs" -> Some 0.000001
            | "ns" -> Some 0.000000001
            | _ -> None

        let isDigit (character: char) = Char.IsAsciiDigit character || character = '.'

        let rec sum (total: float) (rest: char list) =
            match rest with
            | [] -> Some(ofSeconds total)
            | _ ->
                let digits = List.takeWhile isDigit rest
                let afterDigits = List.skip digits.Length rest
                let unit = List.takeWhile (isDigit >> not) afterDigits
                let joined (characters: char list) = String(List.toArray characters)

                match number (joined digits), unitSeconds (joined unit) with
                | Some value, Some factor -> sum (total + value * factor) (List.skip unit.Length afterDigits)
                | _ -> None

        if text = "" || text.Length > 64 then None else sum 0.0 (List.ofSeq text)

    /// The names of a limit's headers, by vendor: made once, for every answer is asked for them. Concatenated, for F# formats an
    /// interpolation of values that are not all known to be strings by way of printf, which the first answer would wait for.
    let private limitNames (what: string) =
        let names (field: string) = [ "x-ratelimit-" + field + "-" + what; "anthropic-ratelimit-" + what + "-" + field ]
        struct (names "limit", names "remaining", names "reset")

    let private requestLimits = limitNames "requests"
    let private tokenLimits = limitNames "tokens"

    let private rateLimit (headers: Headers) (struct (limit, remaining, reset)) : RateLimit =
        let resetOf (text: string) =
            match duration text with
            | Some wait -> Some wait
            | None -> date text |> Option.bind (until headers)

        {
            Limit = tryFirst limit headers |> Option.bind count
            Remaining = tryFirst remaining headers |> Option.bind count
            Reset = tryFirst reset headers |> Option.bind resetOf
        }

    /// What stands in the name of every one of those. Most answers have none.
    let internal limitMark = "ratelimit"

    let private speaksOfLimits (name: string, _: string) : bool = name.Contains(limitMark, StringComparison.OrdinalIgnoreCase)

    /// <summary>
    /// The limits in <c>x-ratelimit-*</c> (OpenAI and those like it) or <c>anthropic-ratelimit-*</c>; None where there are none.
    /// Counts past Int64 are clamped to it.
    /// </summary>
    let rateLimits (headers: Headers) : RateLimits option =
        if List.exists speaksOfLimits headers then
            let limits = { Requests = rateLimit headers requestLimits; Tokens = rateLimit headers tokenLimits }

            let isEmpty (limit: RateLimit) = limit.Limit.IsNone && limit.Remaining.IsNone && limit.Reset.IsNone

            if isEmpty limits.Requests && isEmpty limits.Tokens then None else Some limits
        else
            None
