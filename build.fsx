/// Builds, tests, measures and packs the library: `dotnet fsi build.fsx [step]`; without a step it lists the steps.
/// A step returns a proof that it was done, and a step that needs another takes its proof as an argument.

#load ".ci/Shell.fsx"
#load ".ci/Packages.fsx"
#load ".ci/Testing.fsx"

open System
open System.IO
open System.Xml.Linq
open Llm.Build
open Llm.Build.Shell
open Llm.Build.Packages

/// What the other steps stand on: tools, packages, assemblies.
module Build =

    type HaveRestored = private HaveRestored of unit
    type HaveBuilt = private HaveBuilt of unit

    let private projectFiles () =
        [
            for directory in [ "src"; "tests"; "docs" ] do
                yield! Directory.GetFiles(at directory, "*.?sproj", SearchOption.AllDirectories)
        ]
        |> List.sort

    /// All that a restore depends on, as one hash: the lock, and the projects without their lists of sources.
    let private inputs () =
        let files =
            [
                at "paket.lock"
                at "paket.dependencies"
                at "global.json"
                at "Directory.Build.props"
                at "Llm.sln"
                for project in projectFiles () do
                    project
                    Path.Combine(Path.GetDirectoryName project, "paket.references")
            ]

        let text =
            [
                Source.current ()
                for file in files do
                    file

                    if File.Exists file then
                        yield! File.ReadAllLines file |> Array.filter (fun line -> not (line.Contains "<Compile "))
            ]
            |> String.concat "\n"

        Convert.ToHexString(Security.Cryptography.SHA256.HashData(Text.Encoding.UTF8.GetBytes text))

    /// The folder of packages that a restored project reads from still holds them.
    let private isWhole (project: string) =
        let assets = Path.Combine(Path.GetDirectoryName project, "obj", "project.assets.json")

        File.Exists assets
        && (use document = Text.Json.JsonDocument.Parse(File.ReadAllText assets)

            let folders = [ for folder in document.RootElement.GetProperty("packageFolders").EnumerateObject() -> folder.Name ]

            [
                for library in document.RootElement.GetProperty("libraries").EnumerateObject() do
                    if library.Value.GetProperty("type").GetString() = "package" then
                        library.Value.GetProperty("path").GetString()
            ]
            |> List.forall (fun path -> folders |> List.exists (fun folder -> Directory.Exists(Path.Combine(folder, path)))))

    /// Restores what has changed; when nothing has, this is quick.
    let restore () : HaveRestored =
        Source.set ()

        if not (File.Exists(at "paket.lock")) then
            failStep "paket.lock is missing: run `dotnet fsi build.fsx lock`"

        Shell.read [ "tool"; "restore" ] |> ignore
        let stamp = Path.Combine(artifacts, "restored")

        if not (File.Exists stamp) || File.ReadAllText stamp <> inputs () || not (projectFiles () |> List.forall isWhole) then
            say "restore"
            Shell.read [ "paket"; "restore"; "--silent" ] |> ignore
            Shell.run [ "restore"; "Llm.sln"; "--verbosity"; "quiet"; "--source"; Source.current () ]
            CompilerAhead.fetch ()
            Directory.CreateDirectory artifacts |> ignore
            File.WriteAllText(stamp, inputs ())

        HaveRestored()

    let private outputOf (project: string) (assembly: string) = Path.Combine(root, project, "bin", "Release", "net10.0", assembly + ".dll")

    /// The path of what a built project made; a build that made nothing is a failed one.
    let output project assembly =
        let path = outputOf project assembly

        if not (File.Exists path) then
            failStep "the build ended well but made no %s" (Path.GetRelativePath(root, path))

        path

    let build (HaveRestored()) : HaveBuilt =
        say "build"
        Shell.run [ "build"; "Llm.sln"; "-c"; "Release"; "--no-restore"; "--verbosity"; "quiet"; "-nologo" ]

        for project, assembly in
            [
                "src/Llm.Core.fs", "Llm.Core"
                "src/Llm.CSharp", "Llm.CSharp"
                "src/Llm.FsCheck", "Llm.FsCheck"
                "src/Llm.Identity.Azure", "Llm.Identity.Azure"
                "src/Llm.Identity.Google", "Llm.Identity.Google"
                "src/Llm.Identity.Aws", "Llm.Identity.Aws"
            ] do
            output project assembly |> ignore

        HaveBuilt()

    let test (HaveBuilt()) : Testing.HaveTested = Testing.run ()

    /// Builds one project and what it needs, and is the path of its assembly.
    let buildOne (HaveRestored()) project assembly =
        Shell.run [ "build"; project; "-c"; "Release"; "--no-restore"; "--verbosity"; "quiet"; "-nologo" ]
        output project assembly

module Format =

    type HaveFormatted = private HaveFormatted of unit
    type HaveChecked = private HaveChecked of unit

    let private fsharp = [ "src"; "tests"; "docs"; "build.fsx"; ".ci" ]

    /// dotnet format looks at the C# projects of the solution and leaves the others alone. To it an F# project is its assembly, so that
    /// must have been built, in the configuration that only a variable can tell it.
    let private csharp (_: Build.HaveBuilt) (arguments: string list) =
        Environment.SetEnvironmentVariable("Configuration", "Release")
        Shell.run ([ "format"; "Llm.sln"; "--no-restore"; "--verbosity"; "quiet" ] @ arguments)

    let run (restored: Build.HaveRestored) : HaveFormatted =
        Shell.run ("fantomas" :: fsharp)
        csharp (Build.build restored) []
        HaveFormatted()

    let check (restored: Build.HaveRestored) : HaveChecked =
        say "check the format of F#"
        Shell.run ([ "fantomas"; "--check" ] @ fsharp)
        let built = Build.build restored
        say "check the format of C#"
        csharp built [ "--verify-no-changes" ]
        HaveChecked()

/// Compiling ahead of time what is packed.
module Ahead =

    type HaveCompiled = private HaveCompiled of folder: string

    /// The platforms that assemblies are compiled ahead for; the others take the portable ones, and so do processes that run on these but
    /// are made for no platform in particular where NuGet finds none that fits.
    let private platforms = [ "linux-x64"; "win-x64" ]

    let private assemblies = [ "src/Llm.Core.fs", "Llm.Core"; "src/Llm.CSharp", "Llm.CSharp" ]

    /// Whether a file holds code that was compiled ahead.
    let private isCompiled (path: string) =
        use file = new Reflection.PortableExecutable.PEReader(File.OpenRead path)
        file.PEHeaders.CorHeader.ManagedNativeHeaderDirectory.Size > 0

    /// Compiles ahead what a user's first call would else wait for (docs/performance.md says how long), in a folder a platform. An empty
    /// program that refers to our assemblies is published: that is how the SDK offers its compiler.
    let run (_: Build.HaveBuilt) : HaveCompiled =
        let folder = Path.Combine(artifacts, "readytorun")
        let project = Path.Combine(folder, "Ahead.csproj")
        let output = Path.Combine(folder, "published")

        if Directory.Exists folder then Directory.Delete(folder, true)

        Directory.CreateDirectory folder |> ignore

        let references =
            [
                for path, name in assemblies do
                    // The one in bin is compiled already, for the platform that builds.
                    let file = Path.Combine(root, path, "obj", "Release", "net10.0", name + ".dll")
                    $"""<Reference Include="{file}" />"""
                for name, version in Lock.versions [ "FSharp.Core"; "FsToolkit.ErrorHandling" ] do
                    $"""<PackageReference Include="{name}" Version="{version}" />"""
                    $"""<PublishReadyToRunExclude Include="{name}.dll" />"""
            ]

        let text =
            $"""<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <SelfContained>false</SelfContained>
    <CompileAhead>false</CompileAhead>
  </PropertyGroup>
  <Import Project="{at "src/CompileAhead.targets"}" />
  <PropertyGroup>
    <PublishReadyToRun>true</PublishReadyToRun>
    <PublishReadyToRunCrossgen2ExtraArgs>$(CompileAheadOptions)</PublishReadyToRunCrossgen2ExtraArgs>
  </PropertyGroup>
  <ItemGroup>{String.concat "" references}</ItemGroup>
</Project>"""

        File.WriteAllText(project, text)

        for platform in platforms do
            say "compile ahead for %s" platform
            let published = Path.Combine(output, platform)
            let how = [ "-c"; "Release"; "-r"; platform; "--verbosity"; "quiet"; "-nologo"; "-o"; published ]
            Shell.runIn folder ([ "publish"; project ] @ how @ apart)

            for _, name in assemblies do
                if not (isCompiled (Path.Combine(published, name + ".dll"))) then
                    failStep "%s was not compiled ahead for %s" name platform

        HaveCompiled output

    /// The folder that has a folder a platform.
    let folder (HaveCompiled folder) : string = folder

    /// A copy of a built program whose assemblies are those that NuGet would give it on this platform.
    let copyOf (HaveCompiled folder) (platform: string) (program: string) : string =
        let copy = Path.Combine(artifacts, "readytorun", Path.GetFileNameWithoutExtension program)
        Directory.CreateDirectory copy |> ignore

        for file in Directory.GetFiles(Path.GetDirectoryName program) do
            let ahead = Path.Combine(folder, platform, Path.GetFileName file)

            let source =
                if assemblies |> List.exists (fun (_, name) -> name + ".dll" = Path.GetFileName file) then
                    ahead
                else
                    file

            File.Copy(source, Path.Combine(copy, Path.GetFileName file), overwrite = true)

        Path.Combine(copy, Path.GetFileName program)

module Bench =

    type HaveMeasured = private HaveMeasured of unit

    /// Only a run of all is worth a page, and measures first calls.
    let private page (restored: Build.HaveRestored) : string list =
        let built = Build.build restored
        let program = Build.output "tests/Llm.Benchmarks.Cold" "Llm.Benchmarks.Cold"
        [ "--page"; at "docs/performance.md"; program; Ahead.copyOf (Ahead.run built) "linux-x64" program ]

    let run (restored: Build.HaveRestored) (arguments: string list) : HaveMeasured =
        let page = if arguments.IsEmpty then page restored else []
        let assembly = Build.buildOne restored "tests/Llm.Benchmarks" "Llm.Benchmarks"
        Shell.run ([ assembly ] @ page @ arguments @ [ "--artifacts"; Path.Combine(artifacts, "benchmarks") ])
        HaveMeasured()

module Pack =

    type HavePacked = private HavePacked of packages: string list

    let private projects =
        [
            "src/Llm.Core.fs"
            "src/Llm.CSharp"
            "src/Llm.FsCheck"
            "src/Llm.Identity.Azure"
            "src/Llm.Identity.Google"
            "src/Llm.Identity.Aws"
        ]

    let private packedDependencies (package: string) =
        use archive = Compression.ZipFile.OpenRead package

        let nuspec = archive.Entries |> Seq.find (fun entry -> entry.FullName.EndsWith ".nuspec")

        use stream = nuspec.Open()

        [
            for element in XDocument.Load(stream).Descendants() do
                if element.Name.LocalName = "dependency" then
                    let value name = element.Attribute(XName.Get name).Value
                    $"""{value "id"} {value "version"}"""
        ]

    let run (built: Build.HaveBuilt) : HavePacked =
        let folder = Path.Combine(artifacts, "packages")
        let ahead = Ahead.folder (Ahead.run built)

        if Directory.Exists folder then Directory.Delete(folder, true)

        for project in projects do
            say "pack %s" project

            Shell.run
                [
                    "pack"
                    project
                    "-c"
                    "Release"
                    "--no-build"
                    "--verbosity"
                    "quiet"
                    "-nologo"
                    "-o"
                    folder
                    $"-p:CompiledAhead={ahead}"
                ]

        let packages = Directory.GetFiles(folder, "*.nupkg") |> Array.sort |> List.ofArray

        if packages.Length <> projects.Length then
            failStep "%d projects were packed, and %d packages came out" projects.Length packages.Length

        for package in packages do
            match packedDependencies package with
            | [] -> failStep "%s lists no dependency" (Path.GetFileName package)
            | dependencies -> say "%s needs %s" (Path.GetFileName package) (String.concat ", " dependencies)

        HavePacked packages

module Sample =

    type HaveShown = private HaveShown of unit

    /// The sample alone or with `fsharp`, or with `csharp`; what follows goes to the program.
    let run (name: string) (restored: Build.HaveRestored) (arguments: string list) : HaveShown =
        let language, rest =
            match arguments with
            | "csharp" :: rest -> "csharp", rest
            | "fsharp" :: rest -> "fsharp", rest
            | rest -> "fsharp", rest

        let title = name.Substring(0, 1).ToUpperInvariant() + name.Substring 1

        let assembly =
            Build.buildOne restored $"docs/samples/{name}-{language}" (title + (if language = "csharp" then ".CSharp" else ".FSharp"))

        Shell.run (assembly :: rest)
        HaveShown()

let sample name sentence =
    name, $"{sentence}; `{name} csharp` runs the one in C#.", (fun args -> Sample.run name (Build.restore ()) args |> ignore)

/// A step: its name, a sentence, and what it does with the arguments that follow its name.
let steps: (string * string * (string list -> unit)) list =
    [
        "restore", "Restores tools and packages.", (fun _ -> Build.restore () |> ignore)
        "lock", "Writes paket.lock anew from paket.dependencies.", (fun _ -> Lock.run () |> ignore)
        "build", "Builds the solution in Release.", (fun _ -> Build.restore () |> Build.build |> ignore)
        "test",
        "Builds, runs all tests and ends with a line that counts them.",
        (fun _ -> Build.restore () |> Build.build |> Build.test |> ignore)
        "format", "Formats F# and C#.", (fun _ -> Build.restore () |> Format.run |> ignore)
        "check", "Checks that F# and C# are formatted, and changes nothing.", (fun _ -> Build.restore () |> Format.check |> ignore)
        "bench",
        "Runs the benchmarks and writes docs/performance.md; with arguments, which go to BenchmarkDotNet, it writes no page.",
        (fun args -> Bench.run (Build.restore ()) args |> ignore)
        "pack", "Makes the NuGet packages in artifacts/packages.", (fun _ -> Build.restore () |> Build.build |> Pack.run |> ignore)
        sample "quickstart" "Runs the first program"
        sample "agent" "Runs the agent, offline"
        sample "chains" "Runs the numbered samples, offline"
    ]

let list () =
    printfn "dotnet fsi build.fsx [step]"

    for name, sentence, _ in steps do
        printfn "  %-10s  %s" name sentence

match List.ofArray fsi.CommandLineArgs |> List.tail with
| [] -> list ()
| name :: arguments ->
    match steps |> List.tryFind (fun (step, _, _) -> step = name) with
    | None ->
        eprintfn "There is no step `%s`." name
        list ()
        exit 2
    | Some(_, _, run) ->
        try
            run arguments
        with StepFailed message ->
            eprintfn "%s: %s" name message
            exit 1
