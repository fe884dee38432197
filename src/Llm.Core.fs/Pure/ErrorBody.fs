// What vendors say when they refuse: five families of shapes, one reader. The status decides where the words do not.
// Called by codecs for HTTP errors and for error objects inside a 200; any body, even none, gives an error with its evidence.
namespace Llm.Core

open System
open System.Globalization
open System.Text
open System.Text.Json

/// What was found in an error's body.
type internal ErrorFacts =
    {
        /// The status that the object itself carries.
        Status: int option
        Code: string option
        Type: string option
        Message: string
        /// The wait that the object itself asks for.
        RetryAfter: TimeSpan option
    }

[<RequireQualifiedAccess>]
module internal ErrorBody =
    type private Kind =
        | Authentication
        | Permission
        | BadRequest
        | NotFound
        | RateLimit
        | Server
        | ContentFilter
        | ContextLength
        | Timeout
        | Unclear

    /// Words that tell the kind whatever the status: first what must stand in code or type, then what must stand in the message.
    let private meanings: (Kind * string list * string list) list =
        [
            ContentFilter,
            [
                "content_filter"
                "content_policy_violation"
                "responsibleaipolicyviolation"
                "responsible_ai_policy_violation"
                "data_inspection_failed"
                "image_content_policy_violation"
            ],
            [ "content management policy"; "content filtering policy"; "content_filter"; "unsafe or sensitive content" ]

            ContextLength,
            [
                "context_length_exceeded"
                "context_window_exceeded"
                "model_context_window_exceeded"
                "too_many_tokens"
                "too_many_prompt_tokens"
                "exceed_context_size_error"
                "tokens_limit_reached"
            ],
            [
                "maximum context length"
                "maximum prompt length"
                "prompt is too long"
                "exceed context limit"
                "context window"
                "context length"
                "context size"
                "prompt exceeds max length"
                "`inputs` tokens + `max_new_tokens` must be"
                "exceeds the maximum number of tokens"
                "input is too long"
                "too many total text bytes"
                // With the colon: without it other vendors mean too many in a minute.
                "too many tokens:"
            ]

            NotFound, [ "model_not_found"; "notfounderror"; "deploymentnotfound" ], []

            Authentication,
            [ "invalid_api_key"; "api_key_invalid"; "authentication_error"; "unauthenticated" ],
            [ "api key not valid"; "incorrect api key"; "invalid api key" ]
        ]

    /// What the words say where there is no status, as in a stream.
    let private namesOfKinds: (Kind * string list) list =
        [
            RateLimit, [ "insufficient_quota"; "rate_limit"; "resource_exhausted"; "throttling"; "quota"; "too_many_requests" ]
            Permission, [ "permission"; "billing"; "access_denied"; "accessdenied"; "forbidden" ]
            Authentication, [ "unauthorized" ]
            NotFound, [ "not_found"; "notfound" ]
            Timeout, [ "timeout"; "deadline_exceeded" ]
            BadRequest,
            [
                "invalid_request"
                "invalid_argument"
                "failed_precondition"
                "bad_request"
                "validation"
                "request_too_large"
                "tool_use_failed"
                "invalid_prompt"
                "image"
            ]
            Server,
            [
                "overloaded"
                "api_error"
                "server_error"
                "internal"
                "unavailable"
                "service"
                "modelstreamerror"
                "modelerror"
                "upstream"
                "provider_error"
            ]
        ]

    let private ofStatus (status: int) =
        match status with
        | 401 -> Authentication
        | 402
        | 403 -> Permission
        | 404 -> NotFound
        | 408 -> Timeout
        | 400
        | 409
        | 413
        | 422 -> BadRequest
        | 429 -> RateLimit
        | status when status >= 500 && status < 600 -> Server
        | _ -> Unclear

    let private kindOf (status: int option) (facts: ErrorFacts) =
        let names = [ facts.Code; facts.Type ] |> List.choose id |> List.map (fun name -> name.ToLowerInvariant())

        let message = facts.Message.ToLowerInvariant()

        let byMeaning =
            meanings
            |> List.tryPick (fun (kind, codes, phrases) ->
                if
                    names |> List.exists (fun name -> List.contains name codes)
                    || phrases |> List.exists (fun phrase -> message.Contains(phrase, StringComparison.Ordinal))
                then
                    Some kind
                else
                    None)

        let byName () =
            namesOfKinds
            |> List.tryPick (fun (kind, words) ->
                if names |> List.exists (fun name -> words |> List.exists (fun word -> name.Contains(word, StringComparison.Ordinal))) then
                    Some kind
                else
                    None)
            |> Option.defaultValue Unclear

        match byMeaning with
        | Some kind -> kind
        | None ->
            match status |> Option.map ofStatus with
            | Some Unclear
            | None -> byName ()
            | Some kind -> kind

    let private toError (kind: Kind) (error: ApiError) : LlmError =
        match kind with
        | Authentication -> LlmError.Authentication error
        | Permission -> LlmError.Permission error
        | BadRequest -> LlmError.BadRequest error
        | NotFound -> LlmError.NotFound error
        | RateLimit -> LlmError.RateLimit error
        | Server -> LlmError.Server error
        | ContentFilter -> LlmError.ContentFilter error
        | ContextLength -> LlmError.ContextLength error
        | Timeout -> LlmError.Timeout(TimeoutCause.Provider error)
        | Unclear -> LlmError.Api error

    let private option (value: string voption) =
        match value with
        | ValueSome text when text <> "" -> Some text
        | _ -> None

    let private firstOf (names: string list) (element: JsonElement) : string option =
        names |> List.tryPick (fun name -> Dom.scalar name element |> option)

    /// A string as it is, anything else as its JSON text; JsonElement.ToString throws at a lone surrogate.
    let private step (element: JsonElement) : string = Dom.asString element |> ValueOption.defaultWith (fun () -> Dom.rawText element)

    /// FastAPI's `detail`: a sentence, or a list of what is wrong where.
    let private detail (element: JsonElement) : string option =
        match Dom.property "detail" element with
        | ValueSome value when value.ValueKind = JsonValueKind.String -> Dom.asString value |> option
        | ValueSome value when value.ValueKind = JsonValueKind.Array ->
            Dom.asItems value
            |> List.map (fun item ->
                let where = Dom.items "loc" item |> List.map step |> String.concat "."

                let what = firstOf [ "msg"; "message" ] item |> Option.defaultValue (Dom.rawText item)
                if where = "" then what else $"{where}: {what}")
            |> String.concat "; "
            |> Some
        | ValueSome value -> firstOf [ "message"; "msg" ] value
        | ValueNone -> None

    let private statusNumber (element: JsonElement) : int option =
        [ "status_code"; "status"; "code"; "http_status" ]
        |> List.tryPick (fun name ->
            // LiteLLM writes the number as a string.
            match Dom.scalar name element |> ValueOption.map Int32.TryParse with
            | ValueSome(true, status) when status >= 400 && status < 600 -> Some status
            | _ -> None)

    let private isNumber (text: string) = fst (Int64.TryParse text)

    /// The reason in Google's list of details is more exact than its status.
    let private googleReason (element: JsonElement) = Dom.items "details" element |> List.tryPick (firstOf [ "reason" ])

    /// Google's RetryInfo: a duration such as "34.4s" (google.rpc, in the JSON of protobuf).
    let private googleRetryDelay (element: JsonElement) : TimeSpan option =
        Dom.items "details" element
        |> List.tryPick (firstOf [ "retryDelay" ])
        |> Option.bind (fun delay ->
            match Double.TryParse(delay.TrimEnd 's', NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) with
            | true, seconds when seconds < TimeSpan.MaxValue.TotalSeconds -> Some(TimeSpan.FromSeconds seconds)
            | _ -> None)

    let private factsOf (root: JsonElement) : ErrorFacts =
        let fromObject (inner: JsonElement) (outer: JsonElement) =
            let named names = firstOf names inner |> Option.orElse (firstOf names outer)
            let code = firstOf [ "code" ] inner |> Option.filter (isNumber >> not)

            {
                Status = statusNumber inner |> Option.orElse (statusNumber outer)
                Code =
                    code
                    |> Option.orElse (googleReason inner)
                    |> Option.orElse (firstOf [ "error_type"; "type"; "status" ] inner |> Option.filter (isNumber >> not))
                    |> Option.orElse (named [ "code" ])
                Type = named [ "error_type"; "type"; "status"; "__type" ]
                Message =
                    named [ "message"; "Message"; "msg" ]
                    |> Option.orElse (Dom.property "message" inner |> ValueOption.toOption |> Option.bind detail)
                    |> Option.orElse (detail inner)
                    |> Option.orElse (detail outer)
                    |> Option.defaultValue (Dom.rawText inner)
                RetryAfter = googleRetryDelay inner
            }

        match Dom.property "error" root with
        | ValueSome inner when Dom.isObject inner -> fromObject inner root
        | ValueSome inner when inner.ValueKind = JsonValueKind.String ->
            let outer = fromObject root root

            { outer with Message = Dom.asString inner |> option |> Option.defaultValue outer.Message }
        | _ -> fromObject root root

    let private firstObject (root: JsonElement) =
        if root.ValueKind = JsonValueKind.Array then
            Dom.asItems root |> List.tryHead |> Option.defaultValue root
        else
            root

    let private build provider status requestId retryAfter body (facts: ErrorFacts) =
        toError
            (kindOf status facts)
            {
                Provider = provider
                Status = status
                Code = facts.Code
                Message = facts.Message
                Body = body
                RequestId = requestId
                RetryAfter = Option.orElse facts.RetryAfter retryAfter
            }

    /// The error that a part of an object inside a 200 says; the whole object is its evidence.
    let within (provider: string) (root: JsonElement) (part: JsonElement) : LlmError =
        let facts = factsOf part
        build provider facts.Status None None (Dom.rawText root) facts

    /// The error that an object inside a 200 is: its root, or the object that holds it.
    let ofElement (provider: string) (root: JsonElement) : LlmError = within provider root (firstObject root)

    /// What to do about an answer that points elsewhere (RFC 9110, 15.4): it was not followed, for a key goes nowhere else.
    let private redirection (answer: ErrorAnswer) : string option =
        if answer.Status >= 300 && answer.Status < 400 then
            Headers.tryFind "location" answer.Headers
            |> Option.map (fun location ->
                $"HTTP status {answer.Status} points to {location}, where the key was not sent; if that is right, make it the base url")
        else
            None

    /// The error of an answer that is no success, whatever its body is.
    let ofAnswer (provider: string) (answer: ErrorAnswer) : LlmError =
        let body = Encoding.UTF8.GetString answer.Body.Span

        let plain () =
            let text = body.Trim()

            {
                Status = None
                Code = None
                Type = None
                Message = if text = "" then $"HTTP status {answer.Status} without a body" else text
                RetryAfter = None
            }

        let facts =
            match Dom.parse answer.Body (firstObject >> fun root -> if Dom.isObject root then Some(factsOf root) else None) with
            | Ok(Some facts) -> facts
            | Ok None
            | Error _ -> plain ()

        let amazonType = Headers.tryFind "x-amzn-errortype" answer.Headers |> Option.map (fun name -> (name.Split ':')[0])

        build
            provider
            (Some answer.Status)
            (Headers.requestId answer.Headers)
            (Headers.retryAfter answer.Headers)
            body
            { facts with
                Code = Option.orElse amazonType facts.Code
                Message = redirection answer |> Option.defaultValue facts.Message
            }

    /// The error that an exception of Amazon's is, within a stream: its type stands beside the body.
    let ofException (provider: string) (exceptionType: string) (payload: ReadOnlyMemory<byte>) : LlmError =
        let body = Encoding.UTF8.GetString payload.Span

        let facts =
            match Dom.parse payload (fun root -> if Dom.isObject root then Some(factsOf root) else None) with
            | Ok(Some facts) -> facts
            | Ok None
            | Error _ -> { Status = None; Code = None; Type = None; Message = body; RetryAfter = None }

        let code = if exceptionType = "" then facts.Code else Some exceptionType
        let message = if facts.Message = "" then exceptionType else facts.Message
        build provider facts.Status None None body { facts with Code = code; Message = message }

    /// The event or body is not JSON.
    let invalid (provider: string) (message: string) (body: ReadOnlyMemory<byte>) : LlmError =
        LlmError.InvalidResponse(provider, message, Encoding.UTF8.GetString body.Span)
