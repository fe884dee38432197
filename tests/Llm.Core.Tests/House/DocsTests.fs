// Every block of F# in the README and in docs compiles, with what its page takes for granted.
module Llm.Core.Tests.DocsTests

open System.IO
open System.Text.RegularExpressions
open NUnit.Framework

/// A block of code: its page, its line there, and its lines.
type private Fence = { Page: string; Line: int; Code: string list }

let private pages: string list =
    [
        yield Path.Combine(Repository.root, "README.md")
        yield! Directory.GetFiles(Path.Combine(Repository.root, "docs"), "*.md", SearchOption.AllDirectories)
    ]
    |> List.filter (fun page -> not (page.Contains "bin"))

let private fences (page: string) : Fence list =
    let lines = File.ReadAllLines page |> List.ofArray

    let rec read number lines found =
        match lines with
        | [] -> List.rev found
        | "```fsharp" :: rest ->
            let code = rest |> List.takeWhile (fun line -> line <> "```")
            read (number + code.Length + 1) (List.skip code.Length rest) ({ Page = page; Line = number + 1; Code = code } :: found)
        | _ :: rest -> read (number + 1) rest found

    read 1 lines []

/// What is a whole program is a sample, which is compiled as such.
let private samples =
    Directory.GetFiles(Path.Combine(Repository.root, "docs", "samples"), "*.fs", SearchOption.AllDirectories)
    |> Array.map File.ReadAllText
    |> String.concat "\n"

let private isSample (fence: Fence) = samples.Contains(String.concat "\n" fence.Code)

/// The packages of identities are not among those that these tests know.
let private isIdentity (fence: Fence) = fence.Code |> List.exists (fun line -> Regex.IsMatch(line, "(Azure|Google|Aws)Identity"))

/// What all pages take for granted.
let private given =
    """module Snippet
#nowarn 20 25 1182
open System
open System.Threading
open System.Threading.Tasks
open Llm.Core
let cancellationToken = CancellationToken.None
let model = Model.parse "openai/gpt-5"
let gpt = model
let claude = Model.parse "anthropic/claude-sonnet-4-5"
let client = Client.standard
let parameters = Params.none
let messages = [ Message.user "Hello" ]
let answer: Response = Unchecked.defaultof<Response>
let response = answer
let stream: StreamResponse = Unchecked.defaultof<StreamResponse>"""

let private givenBy (page: string) : string =
    match Path.GetFileName page with
    | "README.md"
    | "chaining.md" ->
        """let selectChef (ingredient: string) : Llm<string> = Llm.succeed ingredient
let complements (ingredient: string) : Llm<string list> = Llm.succeed [ ingredient ]
let recommend (chef: string, list: string list) : Llm<string> = Llm.succeed chef
let chain = Call.create gpt (fun text -> text)
let price (usage: Usage) (modelId: string) : Money<usd> option = None"""
    | "authentication.md" ->
        """let askForToken (cancellationToken: CancellationToken) =
    Task.FromResult {| Value = "token"; ExpiresOn = DateTimeOffset.MaxValue |}"""
    | "conversations.md" -> """let recommend = Call.create gpt (fun (genre: string) -> $"Recommend a book in {genre}.")"""
    | "media.md" ->
        """let file: IO.Stream = null
let bytes = Bytes.empty"""
    | "prompts.md" -> "let cover = Image.Url \"https://example.com/cover.png\""
    | "streams.md" -> "let chunks: Chunk list = []"
    | "structured-output.md" ->
        """type Book = { Title: string; Author: string; Pages: int option }
let format = Format.ofType<Book>()"""
    | "tools.md" ->
        """let weather = Tool.create "weather" "" (fun (place: {| City: string |}) -> place.City)
type Library = { Name: string; Books: string list }
let library = { Name = "Bodleian"; Books = [] }
let toolkit: Toolkit<Library> = Toolkit.create [] |> Result.defaultWith (fun error -> failwith (LlmError.render error))"""
    | "laws.md" ->
        """open FsCheck.NUnit
open Llm.FsCheck
let myAccumulator = Accumulator.reducer"""
    | _ -> ""

let private indented (lines: string seq) = lines |> Seq.map (fun line -> if line = "" then line else "    " + line)

/// What binds is the inside of a task; everything else stands as it is.
let private body (fence: Fence) : string seq =
    let text = String.concat "\n" fence.Code
    let has pattern = Regex.IsMatch(text, $@"(^\s*|-> ){pattern}", RegexOptions.Multiline)

    if has @"((let|use|do|match|return)!|return |use _ =)" && not (Regex.IsMatch(text, @"\b(task|llm) \{")) then
        seq {
            "let snippet () = task {"
            yield! indented fence.Code
            if not (has "return") then "    return ()"
            "}"
        }
    else
        fence.Code

[<Test>]
let ``every block of F# in the documentation compiles`` () =
    let checkedFences = pages |> List.collect fences |> List.filter (fun fence -> not (isSample fence || isIdentity fence))
    let lines = ResizeArray(given.Split '\n')
    let places = ResizeArray<int * string>()

    checkedFences
    |> List.iteri (fun index fence ->
        lines.Add $"module Snippet{index} ="
        lines.AddRange(indented ((givenBy fence.Page).Split '\n'))
        lines.Add "    module Code ="
        let start = lines.Count
        lines.AddRange(indented (indented (body fence)))
        places.Add((start, $"{Path.GetFileName fence.Page}:{fence.Line}")))

    let told (line: int, message: string) =
        let _, place = places |> Seq.findBack (fun (start, _) -> start < line)
        $"{place} {message}: {lines[line - 1].Trim()}"

    Assert.That(checkedFences.Length, Is.GreaterThan 30)
    Assert.That(lines |> String.concat "\n" |> Compiler.errors |> List.map told, Is.Empty)
