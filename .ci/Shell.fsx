/// Runs dotnet, and says what is done. Used by every step of the build.
module Llm.Build.Shell

open System
open System.Diagnostics
open System.IO

let root = Path.GetDirectoryName __SOURCE_DIRECTORY__
let at (path: string) = Path.Combine(root, path)
let artifacts = at "artifacts"

/// What failed, said for the person who reads the console.
exception StepFailed of message: string

let failStep format = Printf.ksprintf (fun message -> raise (StepFailed message)) format

let say format = Printf.ksprintf (fun message -> Console.Out.WriteLine("==> " + message)) format

let private start (directory: string) (redirect: bool) (arguments: string list) =
    let info =
        ProcessStartInfo("dotnet", arguments, WorkingDirectory = directory, UseShellExecute = false, RedirectStandardOutput = redirect)

    for name in [ "DOTNET_CLI_TELEMETRY_OPTOUT"; "DOTNET_NOLOGO"; "DOTNET_SKIP_FIRST_TIME_EXPERIENCE" ] do
        info.Environment[name] <- "1"

    // A node that stays alive would keep the console's pipe open after the step.
    info.Environment["MSBUILDDISABLENODEREUSE"] <- "1"
    info.Environment["DOTNET_CLI_UI_LANGUAGE"] <- "en"
    Console.Out.Flush()

    match Process.Start info with
    | null -> failStep "could not start dotnet"
    | child -> child

/// `exitCode directory arguments` runs dotnet; what it prints goes straight to the console.
let exitCode directory arguments =
    use child = start directory false arguments
    child.WaitForExit()
    child.ExitCode

let runIn directory arguments =
    match exitCode directory arguments with
    | 0 -> ()
    | code -> failStep "`dotnet %s` ended with exit code %d" (String.concat " " arguments) code

let run = runIn root

/// `read arguments` is what dotnet prints.
let read arguments =
    use child = start root true arguments
    let text = child.StandardOutput.ReadToEnd()
    child.WaitForExit()

    if child.ExitCode <> 0 then
        printf "%s" text
        failStep "`dotnet %s` ended with exit code %d" (String.concat " " arguments) child.ExitCode

    text

/// What the repository's own projects have in common is not for one that a step makes.
let apart = [ "-p:ImportDirectoryBuildProps=false"; "-p:ImportDirectoryBuildTargets=false" ]
