// Which way a format takes, and what it makes of messages and tools; which tools can be asked for at all.
module Llm.Core.Tests.FormatSupportTests

open NUnit.Framework
open Llm.Core

let private jsonOf (text: string) = Json.tryParse text |> Result.defaultWith failwith

let private same (expected: 'value) (actual: 'value) = Assert.That((actual = expected), Is.True, $"expected {expected} but was {actual}")

let private book: OutputFormat =
    {
        Name = "Book"
        Description = Some "A book."
        Schema = jsonOf """{"title":"Book","description":"A book.","type":"object","properties":{"name":{"type":"string"}}}"""
        Mode = None
        Instructions = None
    }

let private tool name : ToolDefinition = { Name = name; Description = "d"; Parameters = jsonOf """{"type":"object"}"""; Strict = None }

let private asked (format: OutputFormat option) (choice: ToolChoice) (tools: ToolDefinition list) : Request =
    { Request.create "m" Params.none false [ Message.user "u" ] with
        Tools = { ToolRequest.none with Definitions = tools; Choice = choice }
        Format = format
    }

let private resolve support request = FormatSupport.resolve "acme" support request

let private resolved support request =
    match resolve support request with
    | Ok request -> request
    | Error error -> failwith (LlmError.render error)

let private modeOf (request: Request) = request.Format |> Option.bind _.Mode

let private mapped =
    { book with
        Schema = jsonOf """{"type":"object","properties":{"a":{"type":"object","additionalProperties":{}}}}"""
    }

[<Test>]
let ``an open mode is the strictest that the model is known to have`` () =
    let mode support format = asked (Some format) ToolChoice.Auto [] |> resolved support |> modeOf
    mode FormatSupport.full book |> same (Some FormatMode.Strict)
    mode FormatSupport.unknown book |> same (Some FormatMode.Tool)
    mode { FormatSupport.unknown with ForcedTools = Support.No } book |> same (Some FormatMode.Json)

[<Test>]
let ``a schema with a map is never strict by itself`` () =
    asked (Some mapped) ToolChoice.Auto [] |> resolved FormatSupport.full |> modeOf |> same (Some FormatMode.Tool)

[<Test>]
let ``a schema with a map is refused to the letter, where the provider is known to refuse it`` () =
    let strict = asked (Some { mapped with Mode = Some FormatMode.Strict }) ToolChoice.Auto []
    strict |> resolved FormatSupport.full |> modeOf |> same (Some FormatMode.Strict)

    let mappedTool = { tool "f" with Parameters = mapped.Schema; Strict = Some true }
    let refusing = { FormatSupport.full with StrictMaps = Support.No }

    for request in [ strict; asked None ToolChoice.Auto [ tool "e"; mappedTool ] ] do
        match resolve refusing request with
        | Error(LlmError.FeatureNotSupported(feature, "acme", Some "m", Some _)) -> Assert.That(feature, Does.Contain "a map")
        | other -> Assert.Fail $"{other}"

    for request in [ asked (Some mapped) ToolChoice.Auto []; asked None ToolChoice.Auto [ { mappedTool with Strict = None } ] ] do
        resolve refusing request |> Result.isOk |> same true

[<Test>]
let ``a mode that the caller chose stays, unless the model is known to lack it`` () =
    let ask mode = asked (Some { book with Mode = Some mode }) ToolChoice.Auto []

    let lacking =
        { FormatSupport.unknown with
            StrictSchemas = Support.No
            JsonObjects = Support.No
            ForcedTools = Support.No
        }

    for mode in [ FormatMode.Strict; FormatMode.Json; FormatMode.Tool; FormatMode.Parser ] do
        ask mode |> resolved FormatSupport.unknown |> modeOf |> same (Some mode)

    for mode in [ FormatMode.Json; FormatMode.Parser ] do
        ask mode |> resolved lacking |> modeOf |> same (Some mode)

    for mode in [ FormatMode.Strict; FormatMode.Tool ] do
        match ask mode |> resolve lacking with
        | Error(LlmError.FeatureNotSupported(_, "acme", Some "m", Some _)) -> ()
        | other -> Assert.Fail $"{other}"

[<Test>]
let ``a call cannot be demanded of a model that lacks it`` () =
    let lacking = { FormatSupport.full with ForcedTools = Support.No }

    for choice in [ ToolChoice.Required; ToolChoice.One "f" ] do
        match asked None choice [ tool "f" ] |> resolve lacking with
        | Error(LlmError.FeatureNotSupported("forced tool choice", _, _, Some _)) -> ()
        | other -> Assert.Fail $"{other}"

[<Test>]
let ``the mode's instructions stand in the system message`` () =
    let request = asked (Some { book with Mode = Some FormatMode.Tool }) ToolChoice.Auto [] |> resolved FormatSupport.full

    request.Messages
    |> same
        [
            Message.system "Always respond to the user's query using the __llm_format_tool__ tool for structured output."
            Message.user "u"
        ]

    let silent = asked (Some { book with Mode = Some FormatMode.Tool; Instructions = Some "" }) ToolChoice.Auto []
    (resolved FormatSupport.full silent).Messages |> same [ Message.user "u" ]

[<Test>]
let ``resolving twice is resolving once`` () =
    let once = asked (Some { book with Instructions = Some "Be a book." }) ToolChoice.Auto [] |> resolved FormatSupport.full
    resolved FormatSupport.full once |> same once

let private toolsOf choice tools =
    asked (Some { book with Mode = Some FormatMode.Tool }) choice tools
    |> resolved FormatSupport.full
    |> FormatSupport.tools

[<Test>]
let ``the format's tool is demanded alone, or a call of any where there are others`` () =
    (toolsOf ToolChoice.Auto []).Choice |> same (ToolChoice.One OutputFormat.toolName)
    (toolsOf ToolChoice.None [ tool "f" ]).Choice |> same (ToolChoice.One OutputFormat.toolName)
    (toolsOf ToolChoice.Auto [ tool "f" ]).Choice |> same ToolChoice.Required
    (toolsOf ToolChoice.Required [ tool "f" ]).Choice |> same ToolChoice.Required
    (toolsOf (ToolChoice.One "f") [ tool "f" ]).Choice |> same (ToolChoice.One "f")

[<Test>]
let ``the format's tool comes last, and requires all that the format has`` () =
    let tools = toolsOf ToolChoice.Auto [ tool "f" ]
    tools.Definitions |> List.map _.Name |> same [ "f"; OutputFormat.toolName ]
    let carrier = List.last tools.Definitions
    carrier.Description |> same "Use this tool to extract data in Book format for a final response.\nA book."

    Json.text carrier.Parameters
    |> same """{"type":"object","properties":{"name":{"type":"string"}},"additionalProperties":false,"required":["name"]}"""

[<Test>]
let ``no tool of the caller's has a reserved name`` () =
    let validate name = ToolRequest.validate { ToolRequest.none with Definitions = [ tool name ] }
    Assert.That((validate "llm_format_tool").IsOk)

    for name in [ OutputFormat.toolName; OutputFormat.toolName + "2" ] do
        match validate name with
        | Error(LlmError.InvalidRequest("tools", _)) -> ()
        | other -> Assert.Fail $"{other}"

let private nativeBack (native: string) =
    let message: AssistantMessage =
        {
            Content = [ AssistantPart.Text "{}" ]
            Name = None
            Origin = Some { Provider = "p"; Api = "a"; Model = "m"; Native = Some(jsonOf native) }
        }

    Request.nativeFor "p" "a" (asked None ToolChoice.Auto []) message

[<Test>]
let ``a native form that calls the format's tool does not go back`` () =
    for native in
        [
            """[{"type":"function_call","name":"__llm_format_tool__","arguments":"{}"}]"""
            """[{"tool_calls":[{"function":{"arguments":"{}","name":"__llm_format_tool__"}}]}]"""
            """[{"type":"text","text":"a"},{"functionCall":{"args":{},"name":"__llm_format_tool__"}}]"""
        ] do
        nativeBack native |> same None

    for native in
        [
            """[{"type":"function_call","name":"f","arguments":"{}"}]"""
            """[{"type":"text","text":"I'll call \"__llm_format_tool__\"."}]"""
        ] do
        nativeBack native |> same (Some(jsonOf native))
