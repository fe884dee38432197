// A streamed answer as a value that grows: what is shown of it, field by field, and that it ends as the value.
module Llm.Core.Tests.PartialTests

open System.Threading
open System.Threading.Tasks
open FsCheck
open FsCheck.FSharp
open NUnit.Framework
open Llm.Core
open Llm.FsCheck
open Llm.Core.Tests.ShapeSamples

let private none = CancellationToken.None

type Draft =
    {
        Title: string
        Author: Author
        Tags: string list
        Ratings: Map<string, int>
        Pages: int option
        Effort: Effort
    }

let private draft = Format.ofType<Draft>()

/// Texts that each are a part of their own, in pieces.
let private chunksOf (parts: string list list) : Chunk list =
    [
        for index, pieces in List.indexed parts do
            Chunk.TextStart index

            for piece in pieces do
                Chunk.TextDelta(index, piece)

            Chunk.TextEnd index
        Chunk.Finish None
        Chunk.Usage(UsageUpdate.Snapshot { Usage.zero with OutputTokens = 1L })
    ]

let private partials (format: Format<'value>) (chunks: Chunk list) : Task<Partial<'value> list> = task {
    let! stream = Fake.wholeStream chunks
    let! first = stream |> StreamPartials.view format none |> Items.all
    let! again = stream |> StreamPartials.view format none |> Items.all
    Expect.equal (first |> List.map (Result.map _.Json)) (again |> List.map (Result.map _.Json))
    return first |> List.map Fake.ok
}

let private growth (shown: Partial<'value> list) =
    shown
    |> List.pairwise
    |> Law.forEach (fun (earlier, later) ->
        match earlier.Json, later.Json with
        | Some earlier, Some later when PartialJson.isGrowth later earlier -> Law.holds
        | earlier, later -> Law.broken "partials only grow" $"%A{earlier}\n%A{later}")

[<Law(MaxTest = 200)>]
let ``the partials of a stream only grow, and the last is the value, wherever the text is cut`` (value: Draft) (cuts: Cuts) (parts: Cuts) =
    let text = "Here it is:\n" + Json.text (Shape.encode (box value) (Shapes.get typeof<Draft>)) + "\nEnjoy."
    let shown = (partials draft (chunksOf (Cutting.text parts text |> List.map (Cutting.text cuts)))).GetAwaiter().GetResult()
    let last = List.last shown

    Law.all
        [
            growth shown
            Law.equal "only the last has a result" 1 (shown |> List.filter (fun partial -> partial.Result.IsSome) |> List.length)
            Law.equal "the last is the value" (Some(Ok value)) last.Result
            Law.equal "the last is whole" PartialState.Whole last.State
            Law.equal "and as whole by what is known" (Some value) last.Value
        ]
    |> Law.toProperty

let private singly (text: string) = chunksOf [ text |> Seq.map string |> List.ofSeq ]

[<Test>]
let ``a field is absent, growing or whole`` () : Task = task {
    let! shown = partials draft (singly """{"Title":"Emma","Author":{"Name":"Jane"},"Tags":["a","b"],"Ratings":{},"Pages":474,"Effort":"Light"}""")
    let state field = shown |> List.map field |> List.distinct
    let all = [ PartialState.Absent; PartialState.Growing; PartialState.Whole ]
    Expect.equal all (state (fun partial -> partial.StateOf(fun draft -> draft.Title)))
    Expect.equal all (state (fun partial -> partial.StateOf(fun draft -> draft.Author.Name)))
    Expect.equal [ PartialState.Absent; PartialState.Whole ] (state (fun partial -> partial.StateOf(fun draft -> draft.Pages)))
    Expect.equal [ PartialState.Absent ] (state (fun partial -> partial.StateOf(fun draft -> draft.Author.Born.Value)))
    Expect.equal [ PartialState.Growing; PartialState.Whole ] (state _.State)
    Expect.equal [ None; Some ""; Some "E"; Some "Em"; Some "Emm"; Some "Emma" ] (state (fun partial -> partial.TryGet(fun draft -> draft.Title)))

    Expect.equal
        [ None; Some []; Some [ "" ]; Some [ "a" ]; Some [ "a"; "" ]; Some [ "a"; "b" ] ]
        (state (fun partial -> partial.TryGet(fun draft -> draft.Tags)))

    Expect.equal [ None; Some ""; Some "b" ] (state (fun partial -> partial.TryGet(fun draft -> draft.Tags[1])))
    // "Light" may yet become something else, until its quote is there.
    Expect.equal [ None; Some Light ] (state (fun partial -> partial.TryGet(fun draft -> draft.Effort)))
    Expect.equal 1 (state _.Value |> List.choose id |> List.length)
}

[<Test>]
let ``what is known is read as a type whose fields are all optional`` () : Task = task {
    let! shown = partials draft (singly """{"Title":"Em","Author":{"Name":"J"},"Pages":12""" )
    let soFar = shown |> List.choose Partial.tryAs<{| Title: string option; Author: Author option; Pages: int option |}, _>
    Expect.equal {| Title = Some "E"; Author = None; Pages = None |} (soFar |> List.find (fun draft -> draft.Title = Some "E"))
    Expect.equal {| Title = Some "Em"; Author = Some { Name = "J"; Born = None }; Pages = None |} (List.last soFar)
}

[<Test>]
let ``an answer that is no value ends with what is wrong`` () : Task = task {
    let! shown = partials draft (singly """{"Title":7}""")

    match (List.last shown).Result with
    | Some(Error(ParseProblem.DoesNotFit problems)) -> Assert.That(problems |> List.map _.Path, Does.Contain "$.Author")
    | other -> Assert.Fail $"%A{other}"

    Expect.equal None (List.last shown).Value
}

[<Test>]
let ``braces of prose show nothing`` () : Task = task {
    let! shown = partials (Format.ofType<{| A: int |}>()) (singly "As in {set}: {\"A\":1}")
    Expect.equal [ "{}"; "{\"A\":1}" ] (shown |> List.map (fun partial -> partial.Json.Value |> PartialJson.toJson |> Json.text) |> List.distinct)
}

[<Test>]
let ``what is no object grows too, and a parser's answer shows only at its end`` () : Task = task {
    let! numbers = partials (Format.ofType<int list>()) (singly """{"output":[1,2]}""")
    Expect.equal [ []; [ 1 ]; [ 1; 2 ] ] (numbers |> List.choose _.Value |> List.distinct)
    let! words = partials (Format.parser "words" "" (fun text -> Ok(text.Split ' '))) (singly "a b")
    Expect.equal [ Some(Ok [| "a"; "b" |]) ] (words |> List.map _.Result)
}

[<Test>]
let ``a stream that is cut ends its partials with an error`` () : Task = task {
    let! stream = Fake.wholeStream [ Chunk.TextStart 0; Chunk.TextDelta(0, "{\"Title\":\"E") ]
    let! shown = stream |> StreamPartials.view draft none |> Items.all
    Expect.equal 2 shown.Length
    Expect.equal (Some(LlmError.Truncated "fake")) (List.last shown |> Result.map ignore |> function Error error -> Some error | Ok() -> None)
}

let private chunk (delta: string) = $"""{{"id":"c","model":"m","choices":[{{"index":0,"delta":{delta},"finish_reason":null}}]}}"""

let private finish = """{"id":"c","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"""

let private callOf (start: string) (arguments: string) =
    chunk $"""{{"tool_calls":[{{"index":0,{start}"function":{{{arguments}}}}}]}}"""

let private said (mode: FormatMode) : string list =
    match mode with
    | FormatMode.Tool ->
        [
            callOf "\"id\":\"1\",\"type\":\"function\"," $"\"name\":\"{OutputFormat.toolName}\",\"arguments\":\"\""
            callOf "" "\"arguments\":\"{\\\"Pages\\\":[1,\""
            callOf "" "\"arguments\":\"2]}\""
        ]
    | _ -> [ chunk "{\"content\":\"{\\\"Pages\\\":[1,\"}"; chunk "{\"content\":\"2]}\"}" ]

[<Test>]
let ``partials show in every mode, whether text or a tool carries them`` () : Task = task {
    for mode in [ FormatMode.Strict; FormatMode.Json; FormatMode.Tool ] do
        let format = Format.ofType<{| Pages: int list |}>() |> Format.withMode mode
        let script = ScriptedTransport.create [ ScriptedTransport.events (said mode @ [ finish; "[DONE]" ]) ]
        let client = { Client.standard with Transport = script.Transport; Environment = fun _ -> Some "key" }
        let model = Model.parse "openai/gpt-4o:completions" |> Model.withClient client
        let! opened = model |> Formatted.stream format [ Message.user "How many pages?" ] none
        use stream = Fake.ok opened
        let! shown = stream |> StreamPartials.view format none |> Items.all
        let pages = shown |> List.map Fake.ok |> List.choose _.TryGet(_.Pages) |> List.distinct
        Expect.equal [ [ 1 ]; [ 1; 2 ] ] pages
        let! answer = model |> Formatted.validateStream format 0 stream none
        Expect.equal (Ok [ 1; 2 ]) ((Fake.ok answer).Value |> Result.map _.Pages)
}
