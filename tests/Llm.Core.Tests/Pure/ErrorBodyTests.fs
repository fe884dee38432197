// What vendors say when they refuse: one example a shape, each written by hand, and any bytes at all.
module Llm.Core.Tests.ErrorBodyTests

open System
open System.Text
open NUnit.Framework
open Llm.Core
open Llm.FsCheck

let private answer (status: int) (headers: Headers) (body: string) : ErrorAnswer =
    { Status = status; Headers = headers; Body = ReadOnlyMemory(Encoding.UTF8.GetBytes body) }

let private kindOf (error: LlmError) : string =
    match error with
    | LlmError.Authentication _ -> "authentication"
    | LlmError.Permission _ -> "permission"
    | LlmError.BadRequest _ -> "bad_request"
    | LlmError.NotFound _ -> "not_found"
    | LlmError.RateLimit _ -> "rate_limit"
    | LlmError.Server _ -> "server"
    | LlmError.ContentFilter _ -> "content_filter"
    | LlmError.ContextLength _ -> "context_length"
    | LlmError.Timeout _ -> "timeout"
    | LlmError.Api _ -> "api"
    | other -> $"%A{other}"

let private evidence (error: LlmError) : ApiError =
    match LlmError.apiError error with
    | Some evidence -> evidence
    | None -> failwith $"%A{error}"

/// Vendor, status, body, and what must be read: kind, code, message.
let private shapes =
    [
        "OpenAI, a code that is null",
        400,
        """{"error":{"message":"Bad value","type":"invalid_request_error","param":"x","code":null}}""",
        "bad_request",
        Some "invalid_request_error",
        "Bad value"

        "OpenAI, quota",
        429,
        """{"error":{"message":"You exceeded your quota","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}""",
        "rate_limit",
        Some "insufficient_quota",
        "You exceeded your quota"

        "OpenAI, key",
        401,
        """{"error":{"message":"Incorrect API key provided: sk-x","type":"invalid_request_error","code":"invalid_api_key"}}""",
        "authentication",
        Some "invalid_api_key",
        "Incorrect API key provided: sk-x"

        "OpenAI, model",
        400,
        """{"error":{"message":"No such model","type":"invalid_request_error","code":"model_not_found"}}""",
        "not_found",
        Some "model_not_found",
        "No such model"

        "OpenAI, context",
        400,
        """{"error":{"message":"This model's maximum context length is 8192 tokens","code":"context_length_exceeded"}}""",
        "context_length",
        Some "context_length_exceeded",
        "This model's maximum context length is 8192 tokens"

        "Azure, policy",
        400,
        """{"error":{"message":"The prompt was filtered","code":"content_filter","innererror":{"code":"ResponsibleAIPolicyViolation"}}}""",
        "content_filter",
        Some "content_filter",
        "The prompt was filtered"

        "Azure, plain text", 408, "The operation was timeout.", "timeout", None, "The operation was timeout."
        "Azure, too large", 413, "payload too large\r\n", "bad_request", None, "payload too large"

        "Anthropic, overloaded",
        529,
        """{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"req_1"}""",
        "server",
        Some "overloaded_error",
        "Overloaded"

        "Anthropic, low credit",
        400,
        """{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low"}}""",
        "bad_request",
        Some "invalid_request_error",
        "Your credit balance is too low"

        "Anthropic, long prompt",
        400,
        """{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 2 tokens > 1 maximum"}}""",
        "context_length",
        Some "invalid_request_error",
        "prompt is too long: 2 tokens > 1 maximum"

        "Google, an array",
        404,
        """[{"error":{"code":404,"message":"models/x is not found","status":"NOT_FOUND"}}]""",
        "not_found",
        Some "NOT_FOUND",
        "models/x is not found"

        "Google, a bad key is a 400",
        400,
        """{"error":{"code":400,"message":"API key not valid","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}""",
        "authentication",
        Some "API_KEY_INVALID",
        "API key not valid"

        "Mistral, a message that is a list of what is wrong",
        422,
        """{"object":"error","message":{"detail":[{"type":"missing","loc":["body","messages"],"msg":"Field required"}]},"code":"1500"}""",
        "bad_request",
        Some "1500",
        "body.messages: Field required"

        "llama.cpp, context",
        400,
        """{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error"}}""",
        "context_length",
        Some "exceed_context_size_error",
        "the request exceeds the available context size"

        "Hugging Face, context",
        422,
        """{"error":"`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000","error_type":"validation"}""",
        "context_length",
        Some "validation",
        "`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000"

        "Z.ai, context",
        400,
        """{"error":{"code":"1261","message":"Prompt exceeds max length"}}""",
        "context_length",
        Some "1261",
        "Prompt exceeds max length"

        "Z.ai, a filtered prompt",
        400,
        """{"error":{"code":"1301","message":"System detected potentially unsafe or sensitive content in input or generation."}}""",
        "content_filter",
        Some "1301",
        "System detected potentially unsafe or sensitive content in input or generation."

        "OpenAI, a filtered picture",
        400,
        """{"error":{"code":"image_content_policy_violation","message":"Not this"}}""",
        "content_filter",
        Some "image_content_policy_violation",
        "Not this"

        "Mistral, an object with a numeric code",
        400,
        """{"object":"error","message":"Invalid model","type":"invalid_model","code":"1500"}""",
        "bad_request",
        Some "invalid_model",
        "Invalid model"

        "Mistral, a request id", 401, """{"message":"Unauthorized","request_id":"r"}""", "authentication", None, "Unauthorized"
        "Mistral, a sentence", 401, """{"detail":"Unauthorized"}""", "authentication", None, "Unauthorized"

        "Mistral, a list of places",
        422,
        """{"detail":[{"type":"missing","loc":["body","messages",0],"msg":"Field required"},{"loc":[],"msg":"No"}]}""",
        "bad_request",
        None,
        "body.messages.0: Field required; No"

        "Mistral, a message alone",
        429,
        """{"message":"Requests rate limit exceeded"}""",
        "rate_limit",
        None,
        "Requests rate limit exceeded"

        "xAI, a bad key is a 400",
        400,
        """{"code":"Client specified an invalid argument","error":"Incorrect API key provided: xx"}""",
        "authentication",
        Some "Client specified an invalid argument",
        "Incorrect API key provided: xx"

        "Cohere, flat", 422, """{"id":"1","message":"invalid request: no messages"}""", "bad_request", None, "invalid request: no messages"

        "LiteLLM, the code is the status as text",
        400,
        """{"error":{"message":"litellm.BadRequestError","type":"None","param":null,"code":"400"}}""",
        "bad_request",
        Some "None",
        "litellm.BadRequestError"

        "OpenRouter, an integer code and JSON in a string",
        502,
        """{"error":{"message":"Provider returned error","code":502,"metadata":{"raw":"{\"x\":1}"}},"user_id":"u"}""",
        "server",
        Some "502",
        "Provider returned error"

        "Groq, a failed generation",
        400,
        """{"error":{"message":"Failed to call a function","type":"invalid_request_error","code":"tool_use_failed","failed_generation":"<"}}""",
        "bad_request",
        Some "tool_use_failed",
        "Failed to call a function"

        "Azure, a number as the code",
        401,
        """{"error":{"code":"401","message":"Access denied due to invalid subscription key or wrong API endpoint."}}""",
        "authentication",
        Some "401",
        "Access denied due to invalid subscription key or wrong API endpoint."

        "Azure, no such deployment",
        404,
        """{"error":{"type":"invalid_request_error","code":"DeploymentNotFound","message":"The API deployment does not exist"}}""",
        "not_found",
        Some "DeploymentNotFound",
        "The API deployment does not exist"

        "Azure AI, details that are a sentence",
        429,
        """{"error":{"code":"RateLimitReached","message":"Too fast.","details":"Too fast."}}""",
        "rate_limit",
        Some "RateLimitReached",
        "Too fast."

        "Vertex AI, a reason among details",
        401,
        """{"error":{"code":401,"message":"Request had invalid credentials","status":"UNAUTHENTICATED","details":[{"@type":"t","reason":"ACCESS_TOKEN_TYPE_UNSUPPORTED"}]}}""",
        "authentication",
        Some "ACCESS_TOKEN_TYPE_UNSUPPORTED",
        "Request had invalid credentials"

        "Perplexity, too long",
        400,
        """{"error":{"message":"The total length of all messages is too long.","type":"too_many_prompt_tokens","code":400}}""",
        "context_length",
        Some "too_many_prompt_tokens",
        "The total length of all messages is too long."

        "Hugging Face, a type beside a string",
        422,
        """{"error":"Template error: template not found","error_type":"template_error"}""",
        "bad_request",
        Some "template_error",
        "Template error: template not found"

        "Hugging Face, plain text",
        422,
        "Failed to deserialize the JSON body: missing field `messages`",
        "bad_request",
        None,
        "Failed to deserialize the JSON body: missing field `messages`"

        "Cerebras, flat",
        429,
        """{"message":"Tokens per minute limit exceeded","type":"too_many_tokens_error","param":"quota","code":"token_quota_exceeded"}""",
        "rate_limit",
        Some "token_quota_exceeded",
        "Tokens per minute limit exceeded"

        "Fireworks, an object within",
        404,
        """{"error":{"object":"error","type":"invalid_request_error","code":"NOT_FOUND","message":"Model not found, inaccessible, and/or not deployed"}}""",
        "not_found",
        Some "NOT_FOUND",
        "Model not found, inaccessible, and/or not deployed"

        "Ollama, a string", 404, """{"error":"model 'x' not found"}""", "not_found", None, "model 'x' not found"
        "no credit left",
        402,
        """{"error":{"message":"Insufficient credits","code":402}}""",
        "permission",
        Some "402",
        "Insufficient credits"
        "HTML", 503, "<html><body>Service Unavailable</body></html>", "server", None, "<html><body>Service Unavailable</body></html>"
        "cut JSON", 429, """{"error":{"message":"Slow d""", "rate_limit", None, """{"error":{"message":"Slow d"""
        "nothing", 500, "", "server", None, "HTTP status 500 without a body"
        "an unknown status", 418, "teapot", "api", None, "teapot"
    ]
    |> List.map (fun (vendor, status, body, kind, code, message) ->
        TestCaseData(status, body, kind, Option.toObj code, message).SetName($"an error's body is read: {vendor}"))

[<TestCaseSource(nameof shapes)>]
let ``an error's body is read`` (status: int) (body: string) (kind: string) (code: string) (message: string) =
    let error = ErrorBody.ofAnswer "vendor" (answer status [ "x-request-id", "r1"; "retry-after", "3" ] body)
    let found = evidence error

    Assert.That(kindOf error, Is.EqualTo kind)
    Assert.That(Option.toObj found.Code, Is.EqualTo code)
    Assert.That(found.Message, Is.EqualTo message)
    Assert.That(found.Status, Is.EqualTo(Some status))
    Assert.That(found.Body, Is.EqualTo body)
    Assert.That(found.RequestId, Is.EqualTo(Some "r1"))
    Assert.That(found.RetryAfter, Is.EqualTo(Some(TimeSpan.FromSeconds 3.0)))

[<TestCase("ThrottlingException:http://internal.amazon.com/", """{"message":"Too many tokens"}""", 429, "rate_limit", "ThrottlingException")>]
[<TestCase("ValidationException", """{"Message":"Too many tokens"}""", 400, "bad_request", "ValidationException")>]
let ``Bedrock's error type is a header with a suffix to cut`` (header: string) (body: string) (status: int) (kind: string) (code: string) =
    let error = ErrorBody.ofAnswer "bedrock" (answer status [ "x-amzn-errortype", header ] body)
    Assert.That(kindOf error, Is.EqualTo kind)
    Assert.That((evidence error).Code, Is.EqualTo(Some code))
    Assert.That((evidence error).Message, Is.EqualTo "Too many tokens")

/// An error object inside a stream or a 200: its own status where it carries one, else its words.
[<TestCase("""{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""", "server", 0)>]
[<TestCase("""{"type":"error","error":{"type":"api_error","message":"Internal"}}""", "server", 0)>]
[<TestCase("""{"error":{"message":"m","type":"server_error","code":null}}""", "server", 0)>]
[<TestCase("""{"error":{"message":"m","type":"insufficient_quota"}}""", "rate_limit", 0)>]
[<TestCase("""{"error":{"message":"m","code":429,"status":"RESOURCE_EXHAUSTED"}}""", "rate_limit", 429)>]
[<TestCase("""[{"error":{"message":"m","code":503,"status":"UNAVAILABLE"}}]""", "server", 503)>]
[<TestCase("""{"error":{"message":"m","status_code":"400"}}""", "bad_request", 400)>]
[<TestCase("""{"error":{"message":"m","code":"something_new"}}""", "api", 0)>]
let ``an error object inside a 200 is read by its words and its own status`` (body: string) (kind: string) (status: int) =
    let error = Dom.parse (ReadOnlyMemory(Encoding.UTF8.GetBytes body)) (ErrorBody.ofElement "vendor")

    match error with
    | Ok error ->
        Assert.That(kindOf error, Is.EqualTo kind)
        Assert.That((evidence error).Status |> Option.defaultValue 0, Is.EqualTo status)
        Assert.That((evidence error).Body, Is.EqualTo body)
    | Error reason -> Assert.Fail reason

[<Law>]
let ``any body gives an error with its evidence`` (status: int) (headers: Headers) (text: string) (json: Json) (name: string) =
    let value = Json.text json
    let nested = $"{{{Json.quote name}:{value},\"error\":{value},\"detail\":[{{\"loc\":[{value}]}}]}}"
    let places = $"{{\"detail\":[{{\"loc\":[{Json.quote text},{value}],\"msg\":{Json.quote text}}}]}}"
    let read body = ErrorBody.ofAnswer "vendor" (answer status headers body)

    let hasEvidence (body: string) =
        let found = evidence (read body)
        // What UTF-8 cannot hold was replaced when the body was made.
        found.Status = Some status && found.Body = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes body) && found.Message <> ""

    [ text; value; nested; places ] |> List.forall hasEvidence
    && (evidence (read places)).Message.EndsWith(text, StringComparison.Ordinal)

[<Test>]
let ``a place that is no text does not hide the error`` () =
    let body = """{"detail":[{"loc":["\ud800",{"a":1}],"msg":"m"}]}"""
    let error = ErrorBody.ofAnswer "vendor" (answer 422 [] body)
    Assert.That((evidence error).Message, Does.EndWith ": m")
