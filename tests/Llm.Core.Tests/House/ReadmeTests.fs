// The README shows the programs of the samples as they are.
module Llm.Core.Tests.ReadmeTests

open System.IO
open NUnit.Framework
open Llm.Core

let private read (path: string list) = File.ReadAllText(Path.Combine(Array.ofList (Repository.root :: path))).ReplaceLineEndings "\n"

let private readme = lazy read [ "README.md" ]

[<TestCase("quickstart-fsharp", "Program.fs", "fsharp")>]
[<TestCase("quickstart-csharp", "Program.cs", "csharp")>]
let ``the README shows a quickstart as it is`` (sample: string) (file: string) (language: string) =
    let program = read [ "docs"; "samples"; sample; file ]
    Assert.That(readme.Value.Contains $"```{language}\n{program}```", $"README.md does not show {sample}/{file} as it is.")

/// The row of a prefix in the table of providers, as its cells.
let private rowOf (prefix: string) : string[] =
    let rows = readme.Value.Split '\n' |> Array.filter (fun line -> line.StartsWith "| " && line.Contains $"`{prefix}MODEL`")
    Assert.That(rows.Length, Is.EqualTo 1, $"rows for {prefix}")
    rows[0].Split '|' |> Array.map _.Trim()

/// What stands in backquotes.
let private quoted (cell: string) : string list =
    cell.Split '`' |> List.ofArray |> List.indexed |> List.filter (fun (at, _) -> at % 2 = 1) |> List.map snd

let private awsVariables = [ "AWS_ACCESS_KEY_ID"; "AWS_SECRET_ACCESS_KEY"; "AWS_SESSION_TOKEN" ]

/// The url with every setting that has no default in capitals.
let private urlOf (provider: Provider) : string =
    let spelled =
        provider.Settings
        |> List.filter _.Default.IsNone
        |> List.fold (fun known setting -> Provider.withSetting setting.Name (setting.Name.ToUpperInvariant()) known) provider

    Provider.url (fun _ -> None) "" (Provider.withoutQuery spelled) |> Result.map _.TrimEnd('/') |> Fake.ok

let private prefixes = Registry.prefixes Vendors.registry

[<TestCaseSource(nameof prefixes)>]
let ``the README says of a provider what the registry does`` (prefix: string) =
    match Registry.resolve prefix Vendors.registry with
    | Error error -> Assert.Fail(LlmError.render error)
    | Ok(struct (provider, _)) ->
        let row = rowOf prefix
        let signs = provider.KeyPlace.IsAwsSignature
        let settings = provider.Settings |> List.collect _.Variables
        let url = row[5] |> quoted |> List.exactlyOne
        Expect.equal (provider.KeyVariables @ (if signs then awsVariables else [])) (quoted row[3])
        Expect.equal (settings @ provider.BaseUrlVariables) (quoted row[4])
        // The path of a deployment is the dialect's.
        Expect.equal (urlOf provider) (url.Replace("/openai/deployments/NAME", ""))

[<Test>]
let ``the how-to page shows its provider as it is, in less than 20 lines`` () =
    let sample = read [ "docs"; "samples"; "add-a-provider"; "Acme.fs" ]
    Assert.That((read [ "docs"; "how-to"; "add-a-provider.md" ]).Contains $"```fsharp\n{sample}```")
    let isCode (line: string) = line.Trim() <> "" && not (line.TrimStart().StartsWith "//")
    Assert.That(sample.Split '\n' |> Array.filter isCode |> Array.length, Is.LessThan 20)
