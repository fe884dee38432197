// What can go wrong, as data: a closed union whose cases say what the caller should do.
// Rendering is a separate total function; exceptions are made from it at the C# door only.
namespace Llm.Core

open System

/// <summary>What a provider said when it refused or failed, with all evidence.</summary>
type ApiError =
    {
        /// Id of the provider, such as <c>openai</c>.
        Provider: string
        /// HTTP status, or the status that an error object inside a stream carries; None where there is none.
        Status: int option
        /// The provider's own code or type for the error, such as <c>model_not_found</c>.
        Code: string option
        /// The provider's message, or the start of the body where it has no message.
        Message: string
        /// The raw body or event, as it came.
        Body: string
        /// The provider's id of the request, to quote to its support.
        RequestId: string option
        /// How long the provider asks to wait before the next try.
        RetryAfter: TimeSpan option
    }

/// Which wait took too long.
[<RequireQualifiedAccess>]
type TimeoutCause =
    /// No connection within this time.
    | Connect of limit: TimeSpan
    /// No response headers within this time after the request was sent.
    | FirstByte of limit: TimeSpan
    /// Nothing more arrived within this time.
    | Idle of limit: TimeSpan
    /// The provider itself gave up (HTTP 408).
    | Provider of ApiError
    /// The call as a whole, or the chain, was not done within the time that its caller gave it.
    | Call of limit: TimeSpan

/// Why a budget stopped a call.
[<RequireQualifiedAccess>]
type BudgetStop =
    /// It could cost more than is left. It was not made. Ask for fewer tokens, or raise the limit.
    | TooDear
    /// It cost more than was left, and was answered. The answer's text is kept in the error.
    | Overspent
    /// Nobody can say what it costs at most: <c>MaxTokens</c> is not given, or the prompt holds what is not counted in letters.
    | NoUpperBound
    /// The model has no price.
    | NoPrice

/// <summary>A budget that was not enough, with what was known about it.</summary>
type BudgetExcess =
    {
        /// What may be spent in all.
        Limit: AnyMoney
        /// What was spent, this call included if it was made.
        Spent: AnyMoney
        /// What calls may still cost that were not done yet.
        Reserved: AnyMoney
        /// What the call needs at most, or did cost; None where nobody can say.
        Needed: AnyMoney option
        /// Why.
        Reason: BudgetStop
        /// The model that was to be asked.
        ModelId: string
        /// What it answered, where it was asked.
        Answer: string option
    }

/// <summary>Why a call did not give an answer. Each case says what the caller should do.</summary>
[<RequireQualifiedAccess>]
type LlmError =
    /// The key is missing, wrong or revoked (401). Fix the key; a retry will not help.
    | Authentication of ApiError
    /// The key may not do this (403), or there is no credit left (402). Ask for access or pay; a retry will not help.
    | Permission of ApiError
    /// The provider refused the request as such (400, 409, 413, 422). Fix the input.
    | BadRequest of ApiError
    /// No such model or endpoint (404). Fix the model id or the base url.
    | NotFound of ApiError
    /// Too many requests, or the quota is used up (429). Wait for <c>RetryAfter</c>, then retry.
    | RateLimit of ApiError
    /// The provider failed or is overloaded (5xx). Retry later or fall back to another model.
    | Server of ApiError
    /// The provider's policy refused the content. Change the content.
    | ContentFilter of ApiError
    /// The conversation is longer than the model's context. Shorten it or take a larger model.
    | ContextLength of ApiError
    /// The provider answered with an error that is none of the others. Read the message.
    | Api of ApiError
    /// Something took too long. Retry, or raise the limit.
    | Timeout of TimeoutCause
    /// The connection could not be made or broke. Retry.
    | Connection of host: string * message: string
    /// What came is not what the wire format promises. Report it with the body; a retry may help.
    | InvalidResponse of provider: string * message: string * body: string
    /// The stream ended without its proof of completeness. What came is partial; retry or resume.
    | Truncated of provider: string
    /// The caller cancelled before the answer was complete. Ask again if it is still wanted.
    | Cancelled of provider: string
    /// The answer passed the limit set for its size, in bytes. Raise the limit, or ask for less.
    | ResponseTooLarge of limit: int64
    /// Refused before the wire: what, at the named place, is wrong. Fix the input.
    | InvalidRequest of path: string * reason: string
    /// The provider (or model) has no such feature. Take another model, or the alternative that the message names.
    | FeatureNotSupported of feature: string * provider: string * model: string option * alternative: string option
    /// No key was given and none of these environment variables is set. Set one.
    | MissingApiKey of provider: string * variables: string list
    /// The provider's address needs a setting, such as a region, that was not given and that none of these environment variables holds. Set one.
    | MissingSetting of provider: string * setting: string * variables: string list
    /// The caller's source of tokens or keys failed. Read the message: the identity is to be mended, not the call.
    | CredentialsUnavailable of provider: string * message: string
    /// No provider is registered for the model id. Use one of the known prefixes, or register one.
    | UnknownProvider of modelId: string * prefixes: string list
    /// Stored JSON could not be read: where (a JSON path) and why. Fix or migrate the stored text.
    | InvalidJson of path: string * reason: string
    /// The answer is not the value that was asked for: what is wrong, what to tell the model about it, and the text. Ask again.
    | Unparsable of problem: string * retryMessage: string * text: string
    /// The budget of the chain is not enough. Raise it, or ask for less.
    | BudgetExceeded of BudgetExcess

/// Functions on <see cref="T:Llm.Core.LlmError"/>.
[<RequireQualifiedAccess>]
module LlmError =
    /// <summary>The provider's own words, where the error is an answer of a provider.</summary>
    let apiError (error: LlmError) : ApiError option =
        match error with
        | LlmError.Authentication e
        | LlmError.Permission e
        | LlmError.BadRequest e
        | LlmError.NotFound e
        | LlmError.RateLimit e
        | LlmError.Server e
        | LlmError.ContentFilter e
        | LlmError.ContextLength e
        | LlmError.Api e
        | LlmError.Timeout(TimeoutCause.Provider e) -> Some e
        | LlmError.Timeout _
        | LlmError.Connection _
        | LlmError.InvalidResponse _
        | LlmError.Truncated _
        | LlmError.Cancelled _
        | LlmError.ResponseTooLarge _
        | LlmError.InvalidRequest _
        | LlmError.FeatureNotSupported _
        | LlmError.MissingApiKey _
        | LlmError.MissingSetting _
        | LlmError.CredentialsUnavailable _
        | LlmError.UnknownProvider _
        | LlmError.InvalidJson _
        | LlmError.Unparsable _
        | LlmError.BudgetExceeded _ -> None

    /// <summary>
    /// Whether the same call may succeed later without a change: rate limits, server failures, timeouts, broken
    /// connections and cut streams. A quota that is used up (<c>insufficient_quota</c>) does not come back by waiting.
    /// </summary>
    let isRetryable (error: LlmError) : bool =
        match error with
        | LlmError.RateLimit e -> e.Code <> Some "insufficient_quota"
        | LlmError.Server _
        | LlmError.Timeout _
        | LlmError.Connection _
        | LlmError.Truncated _ -> true
        | LlmError.Authentication _
        | LlmError.Permission _
        | LlmError.BadRequest _
        | LlmError.NotFound _
        | LlmError.ContentFilter _
        | LlmError.ContextLength _
        | LlmError.Api _
        | LlmError.InvalidResponse _
        | LlmError.Cancelled _
        | LlmError.ResponseTooLarge _
        | LlmError.InvalidRequest _
        | LlmError.FeatureNotSupported _
        | LlmError.MissingApiKey _
        | LlmError.MissingSetting _
        | LlmError.CredentialsUnavailable _
        | LlmError.UnknownProvider _
        | LlmError.InvalidJson _
        | LlmError.Unparsable _
        | LlmError.BudgetExceeded _ -> false

    let private shorten (text: string) =
        let limit = 300

        if text.Length > limit then text.Substring(0, limit) + "…" else text

    let private renderApi (what: string) (error: ApiError) =
        let details =
            [
                error.Status |> Option.map (fun status -> $"status {status}")
                error.Code |> Option.map (fun code -> $"code {code}")
                error.RequestId |> Option.map (fun id -> $"request {id}")
                error.RetryAfter |> Option.map (fun wait -> $"retry after {wait.TotalSeconds} s")
            ]
            |> List.choose id

        let suffix =
            if List.isEmpty details then
                ""
            else
                let joined = String.concat ", " details
                $" ({joined})"

        $"{error.Provider}: {what}: {shorten error.Message}{suffix}"

    let private renderExcess (excess: BudgetExcess) =
        let needed = excess.Needed |> Option.map string |> Option.defaultValue "an unknown amount"

        let reserved = if excess.Reserved.Amount = 0m then "" else $" and {excess.Reserved} reserved for calls under way"

        let books = $"{excess.Spent} spent{reserved} of {excess.Limit}"

        match excess.Reason with
        | BudgetStop.TooDear -> $"the budget is not enough: {excess.ModelId} may cost {needed}, with {books}"
        | BudgetStop.Overspent -> $"the budget is overspent: {excess.ModelId} cost {needed}; {books}"
        | BudgetStop.NoUpperBound ->
            $"the budget cannot tell what {excess.ModelId} may cost: give MaxTokens, and count what is not text, or say what to count ({books})"
        | BudgetStop.NoPrice -> $"the budget knows no price of {excess.ModelId}: give one, or say what to count ({books})"

    let private seconds (limit: TimeSpan) = $"{limit.TotalSeconds} s"

    /// <summary>One line for people: what was wrong, where, and what to do. Never holds a secret that was not in the message itself.</summary>
    /// <example>
    /// <c>LlmError.render (LlmError.MissingApiKey("openai", [ "OPENAI_API_KEY" ]))</c> evaluates to
    /// <c>"openai: no API key: set OPENAI_API_KEY or give a key"</c>.
    /// </example>
    let render (error: LlmError) : string =
        match error with
        | LlmError.Authentication e -> renderApi "the key was refused" e
        | LlmError.Permission e -> renderApi "not permitted" e
        | LlmError.BadRequest e -> renderApi "the request was refused" e
        | LlmError.NotFound e -> renderApi "not found" e
        | LlmError.RateLimit e -> renderApi "rate limit" e
        | LlmError.Server e -> renderApi "the provider failed" e
        | LlmError.ContentFilter e -> renderApi "refused by the content policy" e
        | LlmError.ContextLength e -> renderApi "the conversation is longer than the model's context" e
        | LlmError.Api e -> renderApi "error" e
        | LlmError.Timeout(TimeoutCause.Connect limit) -> $"no connection within {seconds limit}: retry, or raise Timeouts.Connect"
        | LlmError.Timeout(TimeoutCause.FirstByte limit) -> $"no answer within {seconds limit}: retry, or raise Timeouts.FirstByte"
        | LlmError.Timeout(TimeoutCause.Idle limit) -> $"nothing arrived for {seconds limit}: retry, or raise Timeouts.Idle"
        | LlmError.Timeout(TimeoutCause.Provider e) -> renderApi "the provider timed out" e
        | LlmError.Timeout(TimeoutCause.Call limit) -> $"the call was not done within {seconds limit}: retry, or give it more time"
        | LlmError.Connection(host, message) -> $"{host}: connection failed: {message}"
        | LlmError.InvalidResponse(provider, message, body) ->
            let evidence = if body = "" then "" else $": {shorten body}"
            $"{provider}: the answer could not be read: {message}{evidence}"
        | LlmError.Truncated provider ->
            $"{provider}: the stream ended before the answer was complete: retry, or resume from the partial answer"
        | LlmError.Cancelled provider -> $"{provider}: the call was cancelled"
        | LlmError.ResponseTooLarge limit -> $"the answer is larger than {limit} bytes: raise the limit, or ask for less"
        | LlmError.InvalidRequest(path, reason) -> $"invalid request: {path}: {reason}"
        | LlmError.FeatureNotSupported(feature, provider, model, alternative) ->
            let forModel = model |> Option.map (fun m -> $" for model '{m}'") |> Option.defaultValue ""
            let instead = alternative |> Option.map (fun a -> $": {a}") |> Option.defaultValue ""
            $"Feature '{feature}' is not supported by provider '{provider}'{forModel}{instead}"
        | LlmError.MissingApiKey(provider, variables) ->
            let names = String.concat " or " variables
            $"{provider}: no API key: set {names} or give a key"
        | LlmError.MissingSetting(provider, setting, variables) ->
            let names = String.concat " or " variables
            let set = if names = "" then "" else $"set {names}, or "
            $"{provider}: no {setting}: {set}give the setting '{setting}'"
        | LlmError.CredentialsUnavailable(provider, message) -> $"{provider}: no credentials: {message}"
        | LlmError.UnknownProvider(modelId, prefixes) ->
            let known = String.concat ", " prefixes
            $"no provider for model id '{modelId}': use provider/model with one of {known}, or register a provider"
        | LlmError.InvalidJson(path, reason) -> $"invalid JSON at {path}: {reason}"
        | LlmError.Unparsable(problem, _, _) -> $"the answer is not the value that was asked for: {problem}"
        | LlmError.BudgetExceeded excess -> renderExcess excess

    let private mapApi (change: string -> string) (error: ApiError) =
        { error with
            Code = Option.map change error.Code
            Message = change error.Message
            Body = change error.Body
        }

    /// Changes every text that came from outside: how the edge takes a key out of an error that echoes it.
    let internal mapText (change: string -> string) (error: LlmError) : LlmError =
        match error with
        | LlmError.Authentication e -> LlmError.Authentication(mapApi change e)
        | LlmError.Permission e -> LlmError.Permission(mapApi change e)
        | LlmError.BadRequest e -> LlmError.BadRequest(mapApi change e)
        | LlmError.NotFound e -> LlmError.NotFound(mapApi change e)
        | LlmError.RateLimit e -> LlmError.RateLimit(mapApi change e)
        | LlmError.Server e -> LlmError.Server(mapApi change e)
        | LlmError.ContentFilter e -> LlmError.ContentFilter(mapApi change e)
        | LlmError.ContextLength e -> LlmError.ContextLength(mapApi change e)
        | LlmError.Api e -> LlmError.Api(mapApi change e)
        | LlmError.Timeout(TimeoutCause.Provider e) -> LlmError.Timeout(TimeoutCause.Provider(mapApi change e))
        | LlmError.Connection(host, message) -> LlmError.Connection(host, change message)
        | LlmError.InvalidResponse(provider, message, body) -> LlmError.InvalidResponse(provider, change message, change body)
        | LlmError.CredentialsUnavailable(provider, message) -> LlmError.CredentialsUnavailable(provider, change message)
        | LlmError.Timeout _
        | LlmError.Truncated _
        | LlmError.Cancelled _
        | LlmError.ResponseTooLarge _
        | LlmError.InvalidRequest _
        | LlmError.FeatureNotSupported _
        | LlmError.MissingApiKey _
        | LlmError.MissingSetting _
        | LlmError.UnknownProvider _
        | LlmError.InvalidJson _ -> error
        | LlmError.Unparsable(problem, retryMessage, text) -> LlmError.Unparsable(change problem, change retryMessage, change text)
        | LlmError.BudgetExceeded excess -> LlmError.BudgetExceeded { excess with Answer = Option.map change excess.Answer }
