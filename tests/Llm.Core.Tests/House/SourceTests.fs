// The rules of the house that sources must keep: a pure room, files that say what they are, and an order that data flows in.
module Llm.Core.Tests.SourceTests

open System.Text.RegularExpressions
open NUnit.Framework

/// What a pure file may not name: the network, tasks, clocks, chance, the environment, the console, files, waiting.
let private effects: (string * Regex) list =
    [
        "HttpClient", @"\bHttp(Client|RequestMessage|ResponseMessage)\b"
        "network", @"\bSystem\.Net\b|\bSocket\b"
        "Task", @"\b(Value)?Task(<|\.|\b)"
        "async", @"\b(async|task|backgroundTask)\s*\{|\bAsync(<|\.)"
        "CancellationToken", @"\bCancellationToken(Source)?\b"
        "clock", @"\bDateTime(Offset)?\.(Now|UtcNow|Today)\b|\bTimeProvider\b|\bStopwatch\b|\bEnvironment\.TickCount"
        "chance", @"\bRandom(NumberGenerator)?\b|\bGuid\.NewGuid\b"
        "environment", @"\bEnvironment\.(?!NewLine\b)"
        "console", @"\bConsole\.|\be?printfn?\b"
        "files", @"\b(File|Directory|FileInfo|DirectoryInfo|FileStream|StreamReader|StreamWriter)\b[\.\(<]"
        "waiting", @"\bThread\b[\.\(]|\b(Timer|Monitor|SemaphoreSlim)\b|\block\s"
        "process", @"\bProcess\."
    ]
    |> List.map (fun (what, pattern) -> what, Regex(pattern, RegexOptions.Compiled))

/// The code of a line: without comments and without what stands in strings.
let private code (line: string) : string =
    let withoutStrings = Regex.Replace(line, "\"(\\\\.|[^\"\\\\])*\"", "\"\"")

    match withoutStrings.IndexOf "//" with
    | -1 -> withoutStrings
    | start -> withoutStrings.Substring(0, start)

let private offences (line: string) : string list =
    let code = code line
    effects |> List.filter (fun (_, pattern) -> pattern.IsMatch code) |> List.map fst

[<Test>]
let ``the pure room names no effect`` () =
    let found =
        [
            for path in Repository.sources "src/Llm.Core.fs/Pure" do
                for number, line in List.indexed (Repository.lines path) do
                    for effect in offences line -> $"{path}:{number + 1}: {effect}: {line.Trim()}"
        ]

    Assert.That(found, Is.Empty)

/// The rule above would be worth nothing if it saw nothing.
[<TestCase("let client = new HttpClient()", "HttpClient")>]
[<TestCase("open System.Net.Http", "network")>]
[<TestCase("let run () : Task<int> = work", "Task")>]
[<TestCase("    async { return 1 }", "async")>]
[<TestCase("let f (token: CancellationToken) = 1", "CancellationToken")>]
[<TestCase("let now = DateTime.UtcNow", "clock")>]
[<TestCase("let now = DateTimeOffset.Now", "clock")>]
[<TestCase("let dice = Random()", "chance")>]
[<TestCase("let id = Guid.NewGuid()", "chance")>]
[<TestCase("let key = Environment.GetEnvironmentVariable name", "environment")>]
[<TestCase("Console.WriteLine text", "console")>]
[<TestCase("printfn \"%s\" text", "console")>]
[<TestCase("File.ReadAllText path", "files")>]
[<TestCase("Thread.Sleep 1", "waiting")>]
[<TestCase("let x = 1 // Task, File.ReadAllText, DateTime.Now", "")>]
[<TestCase("let x = \"Console.WriteLine\"", "")>]
[<TestCase("| Profile.Random1 -> RandomAccess", "")>]
let ``an effect is seen in code and nowhere else`` (line: string) (effect: string) =
    Assert.That(String.concat "," (offences line), Is.EqualTo effect)

[<Test>]
let ``pure files come before effects and every file is compiled`` () =
    let files = Repository.compiled "src/Llm.Core.fs/Llm.Core.fsproj"
    let isPure (file: string) = file.StartsWith "Pure/"
    let pureFiles = List.takeWhile isPure files
    Assert.That(List.skip pureFiles.Length files |> List.filter isPure, Is.Empty)

    let present = Repository.sources "src/Llm.Core.fs" |> List.map (fun path -> path.Substring("src/Llm.Core.fs/".Length))
    Assert.That(List.except files present, Is.Empty)

let private all = List.collect Repository.sources [ "src"; "tests" ]

[<Test>]
let ``every file says first what it is`` () =
    let isSilent path =
        match Repository.lines path with
        | first :: _ -> not (first.StartsWith "//")
        | [] -> true

    Assert.That(List.filter isSilent all, Is.Empty)

[<Test>]
let ``no file passes 400 lines`` () = Assert.That(all |> List.filter (fun path -> (Repository.lines path).Length > 400), Is.Empty)
