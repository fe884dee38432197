// Where the recorded traffic is: it is no part of the project, and tests over it are skipped where it is absent.
module Llm.Core.Tests.Recordings.Folder

open System
open System.IO
open NUnit.Framework

let private variable = "LLM_RECORDINGS"

let rec private root (directory: DirectoryInfo | null) : string option =
    match directory with
    | null -> None
    | found when File.Exists(Path.Combine(found.FullName, "Llm.sln")) -> Some found.FullName
    | found -> root found.Parent

let private beside () =
    root (DirectoryInfo TestContext.CurrentContext.TestDirectory)
    |> Option.map (fun project -> Path.GetFullPath(Path.Combine(project, "..", "shared", "recordings")))

let private tryFind () : string option =
    match Environment.GetEnvironmentVariable variable with
    | null
    | "" -> beside ()
    | named -> Some named
    |> Option.filter Directory.Exists

/// The directory; skips the test where there is none.
let find () : string =
    match tryFind () with
    | Some directory -> directory
    | None ->
        Assert.Ignore $"no recorded traffic here: set {variable} to its directory"
        ""
