// Tools and formats as chat completions and Responses write them: examples for both, side by side.
module Llm.Core.Tests.OpenAISchemaTests

open System.Text
open System.Text.Json.Nodes
open NUnit.Framework
open Llm.Core

let private jsonOf (text: string) = Json.tryParse text |> Result.defaultWith failwith

let private openai = ChatCompletions.codec ChatDialect.openai
let private responses = OpenAiResponses.codec ResponsesDialect.standard
let private chat dialect = ChatCompletions.codec dialect

let private request model : Request = Request.create model Params.none false [ Message.user "u" ]

let private encode (codec: Codec) (request: Request) =
    match codec.Encode request with
    | Ok encoded -> encoded
    | Error error -> failwith (LlmError.render error)

let private body (codec: Codec) (request: Request) = JsonNode.Parse(RequestBody.text (encode codec request).Body)

let private isJson (expected: string) (actual: JsonNode | null) =
    Assert.That(JsonNode.DeepEquals(JsonNode.Parse expected, actual), Is.True, $"{actual} is not {expected}")

/// The value at a path of names and indices.
let private at (path: string) (node: JsonNode | null) : JsonNode | null =
    (node, path.Split '/')
    ||> Array.fold (fun found step ->
        match found with
        | :? JsonObject as object -> object[step]
        | :? JsonArray as array -> array[int step]
        | _ -> null)

let private isAbsent (actual: JsonNode | null) = Assert.That(actual, Is.Null)

let private weather: ToolDefinition =
    {
        Name = "weather"
        Description = "The weather."
        Parameters = jsonOf """{"properties":{"place":{"type":"string"},"unit":{"type":"string","default":"C"}},"required":["place"]}"""
        Strict = None
    }

let private withTools (tools: ToolDefinition list) (request: Request) : Request =
    { request with Tools = { request.Tools with Definitions = tools } }

let private withChoice (choice: ToolChoice) (request: Request) : Request = { request with Tools = { request.Tools with Choice = choice } }

let private searching (request: Request) : Request = { request with Tools = { request.Tools with Provided = [ ProviderTool.WebSearch ] } }

let private book: OutputFormat =
    {
        Name = "Book of<int>"
        Description = Some "A book."
        Schema =
            jsonOf
                """{"type":"object","properties":{"name":{"type":"string"},"author":{"$ref":"#/$defs/A","description":"Who."}},"$defs":{"A":{"type":"object","properties":{"first":{}}}}}"""
        Mode = None
        Instructions = None
    }

let private formatted (mode: FormatMode) (request: Request) : Request =
    { request with Format = Some { book with Mode = Some mode; Instructions = Some "" } }

let private strictParameters =
    """{"properties":{"place":{"type":"string"},"unit":{"type":"string","default":"C"}},"required":["place","unit"],"type":"object","additionalProperties":false}"""

[<Test>]
let ``a tool is strict unless it says otherwise, and then requires all its properties`` () =
    let tools = withTools [ weather ]

    body openai (tools (request "gpt-4o"))
    |> at "tools"
    |> isJson
        $"""[{{"type":"function","function":{{"name":"weather","description":"The weather.","parameters":{strictParameters},"strict":true}}}}]"""

    body responses (tools (request "gpt-4o"))
    |> at "tools"
    |> isJson $"""[{{"type":"function","name":"weather","description":"The weather.","parameters":{strictParameters},"strict":true}}]"""

[<Test>]
let ``a tool that is not strict keeps what it requires, and is closed all the same`` () =
    let tool = body responses (request "m" |> withTools [ { weather with Strict = Some false } ]) |> at "tools/0"
    tool |> at "strict" |> isJson "false"
    tool |> at "parameters/required" |> isJson """["place"]"""
    tool |> at "parameters/additionalProperties" |> isJson "false"

[<Test>]
let ``a tool with a map is not strict by default, and the map stays one`` () =
    let parameters =
        jsonOf """{"type":"object","properties":{"tags":{"type":"object","additionalProperties":{"type":"string"}}}}"""

    let tool = body responses (request "m" |> withTools [ { weather with Parameters = parameters } ]) |> at "tools/0"
    tool |> at "strict" |> isJson "false"
    tool |> at "parameters/properties/tags/additionalProperties" |> isJson """{"type":"string"}"""

[<Test>]
let ``a vendor without strict tools is not told of them`` () =
    let tool = body (chat ChatDialect.deepseek) (request "m" |> withTools [ weather ]) |> at "tools/0/function"
    tool |> at "strict" |> isAbsent
    tool |> at "parameters/required" |> isJson """["place"]"""

[<Test>]
let ``a choice is written in each format's own way`` () =
    let choice codec choice = body codec (request "gpt-4o" |> withTools [ weather ] |> withChoice choice) |> at "tool_choice"

    for codec in [ openai; responses ] do
        isAbsent (choice codec ToolChoice.Auto)
        choice codec ToolChoice.None |> isJson "\"none\""
        choice codec ToolChoice.Required |> isJson "\"required\""

    choice openai (ToolChoice.One "weather") |> isJson """{"type":"function","function":{"name":"weather"}}"""
    choice responses (ToolChoice.One "weather") |> isJson """{"type":"function","name":"weather"}"""

[<Test>]
let ``without tools there is nothing to choose`` () =
    for codec in [ openai; responses ] do
        let body = body codec (request "gpt-4o" |> withChoice ToolChoice.None)
        body |> at "tools" |> isAbsent
        body |> at "tool_choice" |> isAbsent

let private strictSchema =
    """{"type":"object","properties":{"name":{"type":"string"},"author":{"description":"Who.","anyOf":[{"$ref":"#/$defs/A"}]}},"$defs":{"A":{"type":"object","properties":{"first":{}},"additionalProperties":false,"required":["first"]}},"additionalProperties":false,"required":["name","author"]}"""

[<Test>]
let ``a strict format is a schema of the answer`` () =
    let members = $"\"name\":\"Book_of_int_\",\"description\":\"A book.\",\"schema\":{strictSchema},\"strict\":true"

    body openai (request "gpt-4o" |> formatted FormatMode.Strict)
    |> at "response_format"
    |> isJson $"""{{"type":"json_schema","json_schema":{{{members}}}}}"""

    body responses (request "gpt-4o" |> formatted FormatMode.Strict)
    |> at "text"
    |> isJson $"""{{"format":{{"type":"json_schema",{members}}}}}"""

[<Test>]
let ``JSON is enforced where the vendor is known to do it`` () =
    let ask model = request model |> formatted FormatMode.Json
    body openai (ask "gpt-4o") |> at "response_format" |> isJson """{"type":"json_object"}"""
    body responses (ask "gpt-4o") |> at "text" |> isJson """{"format":{"type":"json_object"}}"""
    body openai (ask "gpt-4") |> at "response_format" |> isAbsent
    body responses (ask "gpt-4") |> at "text" |> isAbsent
    body (chat (ChatDialect.standard "acme")) (ask "m") |> at "response_format" |> isAbsent

[<Test>]
let ``the format's tool is demanded, one call of it`` () =
    let chatBody = body openai (request "gpt-4o" |> formatted FormatMode.Tool)
    chatBody |> at "tool_choice" |> isJson """{"type":"function","function":{"name":"__llm_format_tool__"}}"""
    chatBody |> at "parallel_tool_calls" |> isJson "false"
    chatBody |> at "response_format" |> isAbsent
    body openai (request "o3-mini" |> formatted FormatMode.Tool) |> at "parallel_tool_calls" |> isAbsent

    body responses (request "gpt-4o" |> formatted FormatMode.Tool)
    |> at "tool_choice"
    |> isJson """{"type":"function","name":"__llm_format_tool__"}"""

[<Test>]
let ``with other tools the model must call one of all`` () =
    let both = request "gpt-4o" |> withTools [ weather ] |> formatted FormatMode.Tool
    body openai both |> at "tool_choice" |> isJson "\"required\""
    body openai both |> at "parallel_tool_calls" |> isAbsent

    body responses (searching both)
    |> at "tool_choice"
    |> isJson
        """{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"weather"},{"type":"function","name":"__llm_format_tool__"},{"type":"web_search"}]}"""

[<Test>]
let ``a format that only instructs changes no more than the messages`` () =
    let parsed =
        { request "gpt-4o" with
            Format = Some { book with Mode = Some FormatMode.Parser; Instructions = Some "Say it in verse." }
        }

    for codec, messages, role in [ openai, "messages", "system"; responses, "input", "developer" ] do
        let body = body codec parsed
        body |> at $"{messages}/0" |> isJson $"""{{"role":"{role}","content":"Say it in verse."}}"""
        List.iter (fun (name: string) -> body |> at name |> isAbsent) [ "tools"; "tool_choice"; "response_format"; "text" ]

[<Test>]
let ``the mode that was chosen is told`` () =
    let mode codec model = (encode codec { request model with Format = Some book }).Format |> Option.bind _.Mode
    Assert.That((mode openai "gpt-4o" = Some FormatMode.Strict))
    Assert.That((mode responses "gpt-5" = Some FormatMode.Strict))
    Assert.That((mode responses "gpt-4" = Some FormatMode.Tool))
    Assert.That((mode (chat (ChatDialect.standard "acme")) "m" = Some FormatMode.Tool))
    Assert.That((mode (chat ChatDialect.deepseek) "deepseek-reasoner" = Some FormatMode.Json))

[<Test>]
let ``the web is searched by Responses only`` () =
    let search = searching (request "gpt-4o")
    body responses search |> at "tools" |> isJson """[{"type":"web_search"}]"""
    let without = OpenAiResponses.codec { ResponsesDialect.standard with WebSearch = None }

    for codec in [ openai; without ] do
        match codec.Encode search with
        | Error(LlmError.FeatureNotSupported("web search", "openai", Some "gpt-4o", Some _)) -> ()
        | other -> Assert.Fail $"{other}"

[<Test>]
let ``a model that is known to have no strict schemas refuses them`` () =
    for codec in [ openai; responses ] do
        match codec.Encode(request "gpt-4-turbo" |> formatted FormatMode.Strict) with
        | Error(LlmError.FeatureNotSupported("format mode strict", "openai", Some "gpt-4-turbo", Some _)) -> ()
        | other -> Assert.Fail $"{other}"

[<Test>]
let ``an answer by the format's tool is text when it goes back`` () =
    let native api (call: string) =
        Message.Assistant
            {
                Content = [ AssistantPart.Text "{\"name\":\"n\"}" ]
                Name = None
                Origin = Some { Provider = "openai"; Api = api; Model = "gpt-4o"; Native = Some(jsonOf call) }
            }

    let back codec (name: string) message = body codec (Request.create "gpt-4o" Params.none false [ message ]) |> at name

    native
        "chat"
        """[{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"__llm_format_tool__","arguments":"{}"}}]}]"""
    |> back openai "messages"
    |> isJson """[{"role":"assistant","content":"{\"name\":\"n\"}"}]"""

    native "responses" """[{"type":"function_call","call_id":"1","name":"__llm_format_tool__","arguments":"{}"}]"""
    |> back responses "input"
    |> isJson """[{"role":"assistant","content":"{\"name\":\"n\"}"}]"""
