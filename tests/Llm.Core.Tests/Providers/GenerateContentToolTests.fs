/// Tools and structured output in Gemini's generateContent.
module Llm.Core.Tests.GenerateContentToolTests

open FsCheck
open FsCheck.FSharp
open NUnit.Framework
open Llm.Core
open Llm.FsCheck
open Llm.Core.Tests.Encoded

let private codec = GenerateContent.codec GenerateContentDialect.standard

let private encode = encodeWith codec

/// Gemini 2.5 takes no format beside tools, Gemini 3 does.
let private old = Request.create "gemini-2.5-flash" Params.none false [ Message.user "Hi" ]

let private recent = { old with Model = "gemini-3-pro-preview" }

let private searching (request: Request) : Request = { request with Tools = { request.Tools with Provided = [ ProviderTool.WebSearch ] } }

let private parametersOf (schema: string) : string =
    old
    |> withTools ToolChoice.Auto [ { tool "look" with Parameters = json schema } ]
    |> encode
    |> at "tools/0/functionDeclarations/0/parameters"

[<Test>]
let ``functions are declared in an entry of their own, beside the web's`` () =
    let encoded =
        recent |> withTools ToolChoice.Auto [ tool "look"; { tool "go" with Description = "" } ] |> searching |> encode

    let parameters = """{"type":"OBJECT","properties":{"city":{"type":"STRING"}},"required":["city"]}"""

    let expected =
        $"""[{{"functionDeclarations":[{{"description":"Does look.","name":"look","parameters":{parameters}}},"""
        + $"""{{"name":"go","parameters":{parameters}}}]}},{{"googleSearch":{{}}}}]"""

    Assert.That(at "tools" encoded, equalTo expected)
    Assert.That(at "toolConfig" encoded, Is.Empty)

[<Test>]
let ``each choice has its mode`` () =
    let chosen choice = old |> withTools choice [ tool "look" ] |> encode |> at "toolConfig/functionCallingConfig"
    Assert.That(chosen ToolChoice.Auto, Is.Empty)
    Assert.That(chosen ToolChoice.None, equalTo """{"mode":"NONE"}""")
    Assert.That(chosen ToolChoice.Required, equalTo """{"mode":"ANY"}""")
    Assert.That(chosen (ToolChoice.One "look"), equalTo """{"mode":"ANY","allowedFunctionNames":["look"]}""")

[<Test>]
let ``what the models lack is refused, with a way out`` () =
    let strict = old |> withTools ToolChoice.Auto [ { tool "look" with Strict = Some true } ]
    Assert.That(refusedFeature codec strict, equalTo "strict tools")

    let tooled = old |> withTools ToolChoice.Auto [ tool "look" ]
    Assert.That(tooled |> withFormat (Some FormatMode.Strict) |> refusedFeature codec, equalTo "format mode strict with tools")
    Assert.That(tooled |> withFormat (Some FormatMode.Json) |> refusedFeature codec, equalTo "format mode json with tools")
    Assert.That(tooled |> searching |> refusedFeature codec, equalTo "web search beside other tools")

    let recursive =
        """{"type":"object","properties":{"a":{"$ref":"#/$defs/A"}},"$defs":{"A":{"properties":{"a":{"$ref":"#/$defs/A"}}}}}"""

    let endless = old |> withTools ToolChoice.Auto [ { tool "look" with Parameters = json recursive } ]
    Assert.That(refusedFeature codec endless, equalTo "the schema of 'look'")

    let described = { format None with Schema = json recursive }
    let strictly = { old with Format = Some { described with Mode = Some FormatMode.Strict } }
    Assert.That(refusedFeature codec strictly, equalTo "the schema of 'Place'")
    Assert.That({ old with Format = Some described } |> encode |> modeOf, equalTo (Some FormatMode.Json))

[<Test>]
let ``a format is strict where the model can be, else a tool`` () =
    let alone = old |> withFormat None |> encode
    Assert.That(modeOf alone, equalTo (Some FormatMode.Strict))

    let expected =
        """{"responseMimeType":"application/json","""
        + """"responseSchema":{"type":"OBJECT","properties":{"name":{"type":"STRING"}},"required":["name"]}}"""

    Assert.That(at "generationConfig" alone, equalTo expected)

    let tooled = withTools ToolChoice.Auto [ tool "look" ] >> withFormat None >> encode
    Assert.That(modeOf (tooled recent), equalTo (Some FormatMode.Strict))
    Assert.That(modeOf (tooled old), equalTo (Some FormatMode.Tool))

[<Test>]
let ``the tool of a format goes first; alone it is the only one to be called`` () =
    let name = OutputFormat.toolName
    let alone = old |> withFormat (Some FormatMode.Tool) |> encode
    Assert.That(at "toolConfig/functionCallingConfig" alone, equalTo $"""{{"mode":"ANY","allowedFunctionNames":["{name}"]}}""")
    Assert.That(at "systemInstruction/parts/0/text" alone, Does.Contain name)

    let beside = old |> withTools ToolChoice.Auto [ tool "look" ] |> withFormat (Some FormatMode.Tool) |> encode
    Assert.That(at "toolConfig/functionCallingConfig" beside, equalTo """{"mode":"ANY"}""")
    Assert.That(at "tools/0/functionDeclarations/0/name" beside, equalTo $"\"{name}\"")

[<Test>]
let ``plain JSON has its media type and its instructions`` () =
    let encoded = old |> withFormat (Some FormatMode.Json) |> encode
    Assert.That(at "generationConfig" encoded, equalTo """{"responseMimeType":"application/json"}""")
    Assert.That(at "systemInstruction/parts/0/text" encoded, Does.Contain "matches this exact schema")

[<Test>]
let ``the properties of an answer keep their order`` () =
    let schema = """{"type":"object","properties":{"b":{"type":"string"},"a":{"type":"string"}}}"""
    let encoded = { old with Format = Some { format None with Schema = json schema } } |> encode
    Assert.That(at "generationConfig/responseSchema/property_ordering" encoded, equalTo """["b","a"]""")
    Assert.That(parametersOf schema, Does.Not.Contain "property_ordering")

[<TestCase("""{"type":["string","null"]}""", """{"type":"STRING","nullable":true}""")>]
[<TestCase("""{"type":"null"}""", """{"type":"NULL"}""")>]
[<TestCase("""{"type":["string","integer"]}""", """{"anyOf":[{"type":"STRING"},{"type":"INTEGER"}]}""")>]
[<TestCase("""{"anyOf":[{"type":"string","minLength":1},{"type":"null"}],"description":"d"}""",
           """{"type":"STRING","minLength":1,"description":"d","nullable":true}""")>]
[<TestCase("""{"oneOf":[{"type":"string"},{"type":"integer"}]}""", """{"anyOf":[{"type":"STRING"},{"type":"INTEGER"}]}""")>]
[<TestCase("""{"const":"a"}""", """{"type":"STRING","enum":["a"]}""")>]
[<TestCase("""{"enum":["a",null]}""", """{"nullable":true,"type":"STRING","enum":["a"]}""")>]
[<TestCase("""{"type":"integer","enum":[1,2]}""", """{"type":"INTEGER","description":"(one of: 1, 2)"}""")>]
[<TestCase("""{"type":"string","format":"date","description":"Day."}""", """{"type":"STRING","description":"Day.\n(format: \"date\")"}""")>]
[<TestCase("""{"type":"string","format":"date-time"}""", """{"type":"STRING","format":"date-time"}""")>]
[<TestCase("""{"type":"integer","exclusiveMinimum":0}""", """{"type":"INTEGER","description":"(exclusiveMinimum: 0)"}""")>]
[<TestCase("""{"type":"array","prefixItems":[{"type":"string"},{"type":"integer"}]}""",
           """{"type":"ARRAY","items":{"anyOf":[{"type":"STRING"},{"type":"INTEGER"}]},"description":"(prefixItems: [{\"type\":\"STRING\"},{\"type\":\"INTEGER\"}])"}""")>]
[<TestCase("""{"type":"object","additionalProperties":{"type":"integer"}}""",
           """{"type":"OBJECT","description":"(additionalProperties: {\"type\":\"INTEGER\"})"}""")>]
[<TestCase("""{"allOf":[{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]},{"properties":{"b":{}},"required":["b"]}]}""",
           """{"type":"OBJECT","properties":{"a":{"type":"STRING"},"b":{}},"required":["a","b"]}""")>]
let ``schemas are said in the terms of the API, and what these cannot say in words`` (schema: string) (expected: string) =
    let whole = $"""{{"type":"object","properties":{{"p":{schema}}}}}"""
    Assert.That(parametersOf whole, equalTo $"""{{"type":"OBJECT","properties":{{"p":{expected}}}}}""")

let private keywords =
    [
        "type"
        "properties"
        "required"
        "items"
        "prefixItems"
        "anyOf"
        "oneOf"
        "allOf"
        "enum"
        "const"
        "format"
        "description"
        "additionalProperties"
        "$ref"
        "$defs"
        "a"
    ]

/// Values that schemas have, each under any keyword.
let rec private misplaced (size: int) : Gen<string> =
    let leaf = Gen.elements [ "1"; "null"; "true"; "false"; "\"object\""; "\"null\""; "\"#/$defs/a\""; "\"#/\""; "[]"; "{}" ]

    if size < 2 then
        leaf
    else
        let several item = Gen.choose (1, 4) |> Gen.bind (fun count -> Gen.listOfLength count item) |> Gen.map (String.concat ",")
        let inner = misplaced (size / 3)
        let keyword = Gen.map2 (fun name value -> $"\"{name}\":{value}") (Gen.elements keywords) inner

        Gen.frequency
            [
                1, leaf
                1, several inner |> Gen.map (fun items -> $"[{items}]")
                3, several keyword |> Gen.map (fun members -> $"{{{members}}}")
            ]

let private anythings = Gen.oneof [ JsonArb.value.Generator; Gen.sized misplaced |> Gen.map json ] |> Arb.fromGen

[<Law(MaxTest = 300)>]
let ``a schema that is no schema is refused or said, never an accident`` () =
    Prop.forAll anythings
    <| fun anything ->
        let tools = withTools ToolChoice.Auto [ { tool "look" with Parameters = anything } ]
        let formats (request: Request) = { request with Format = Some { format None with Schema = anything } }

        [ tools old; formats old; tools recent |> formats; tools { old with Model = "claude-sonnet-4-5" } |> formats ]
        |> List.forall (fun request ->
            let codec =
                if request.Model.StartsWith "claude" then
                    AnthropicMessages.codec AnthropicDialect.standard
                else
                    codec

            match codec.Encode request with
            | Ok encoded -> (Json.tryParse (RequestBody.text encoded.Body)).IsOk
            | Error error -> error.IsFeatureNotSupported)
