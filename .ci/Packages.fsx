/// The packages that the build restores: their source, and the lock that names them.
module Llm.Build.Packages

#load "Shell.fsx"

open System
open System.IO
open System.Text.RegularExpressions
open Llm.Build.Shell

/// Where packages come from. No host is written in the repository: the variable names it.
module Source =

    let variable = "LLM_NUGET"

    let set () =
        if String.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable variable) then
            let lines = (read [ "nuget"; "list"; "source"; "--format"; "short" ]).Split '\n'

            match lines |> Array.tryFind _.StartsWith("E ") with
            | Some line -> Environment.SetEnvironmentVariable(variable, line.Substring(2).Trim())
            | None -> failStep "no NuGet source is enabled: set %s to the address of one" variable

    let current () = Environment.GetEnvironmentVariable variable

module Lock =

    type HaveLocked = private HaveLocked of packages: int

    let private packageLine = Regex(@"^\s*nuget\s+(?<name>\S+)(\s+(?<tilde>~>)?\s*(?<version>\d\S*))?\s*$")

    /// "~> 10.1" is "10.*" and "~> 10.1.3" is "10.1.*": the highest; "4.3.0" is that one.
    let private nugetRange (tilde: bool) (version: string) =
        match tilde, version with
        | _, "" -> "*"
        | true, version -> version.Substring(0, version.LastIndexOf '.') + ".*"
        | false, version -> $"[{version}]"

    /// The locked versions of packages.
    let versions (names: string list) : (string * string) list =
        let lines = File.ReadAllLines(at "paket.lock")

        [
            for name in names do
                let found =
                    lines |> Array.map (fun line -> Regex.Match(line, $@"^    {Regex.Escape name} \((\S+)\)")) |> Array.tryFind _.Success

                match found with
                | Some line -> name, line.Groups[1].Value
                | None -> failStep "paket.lock has no %s" name
        ]

    /// The registry may not tell Paket what a package depends on. So NuGet restores an empty project with our packages,
    /// and Paket resolves against a folder that holds just what NuGet chose.
    let run () : HaveLocked =
        Source.set ()
        let work = Directory.CreateTempSubdirectory("llm-lock-").FullName

        try
            let boot, chosen, feed, solve =
                Path.Combine(work, "boot"), Path.Combine(work, "chosen"), Path.Combine(work, "feed"), Path.Combine(work, "solve")

            for directory in [ boot; feed; solve ] do
                Directory.CreateDirectory directory |> ignore

            let dependencies = File.ReadAllText(at "paket.dependencies")

            let references =
                [
                    for line in dependencies.Split '\n' do
                        let found = packageLine.Match line

                        if found.Success then
                            let range = nugetRange found.Groups["tilde"].Success found.Groups["version"].Value
                            $"""<PackageReference Include="{found.Groups["name"].Value}" Version="{range}" />"""
                        elif line.TrimStart().StartsWith "nuget " then
                            failStep "paket.dependencies: the lock step does not understand `%s`" (line.Trim())
                ]

            let project =
                $"""<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <DisableImplicitFSharpCoreReference>true</DisableImplicitFSharpCoreReference>
    <RestorePackagesPath>{chosen}</RestorePackagesPath>
    <RestoreEnablePackagePruning>false</RestoreEnablePackagePruning>
    <NuGetAudit>false</NuGetAudit>
    <NoWarn>NU1603</NoWarn>
  </PropertyGroup>
  <ItemGroup>
    {String.concat "\n    " references}
  </ItemGroup>
</Project>"""

            File.WriteAllText(Path.Combine(boot, "boot.csproj"), project)
            say "restore the closure of %d packages with NuGet" references.Length
            runIn boot [ "restore"; "boot.csproj"; "--source"; Source.current (); "--verbosity"; "quiet" ]

            let packages = Directory.GetFiles(chosen, "*.nupkg", SearchOption.AllDirectories)

            for package in packages do
                File.Copy(package, Path.Combine(feed, Path.GetFileName package), true)

            say "resolve %d packages with Paket" packages.Length
            File.WriteAllText(Path.Combine(solve, "paket.dependencies"), dependencies.Replace("%LLM_NUGET%", feed))
            Directory.CreateDirectory(Path.Combine(solve, ".config")) |> ignore
            File.Copy(at ".config/dotnet-tools.json", Path.Combine(solve, ".config", "dotnet-tools.json"))
            runIn solve [ "paket"; "update"; "--no-install"; "--silent" ]

            let text =
                Regex
                    .Replace(File.ReadAllText(Path.Combine(solve, "paket.lock")), @"(?m)^(\s*)remote:.*$", "$1remote: %LLM_NUGET%")
                    .ReplaceLineEndings
                    "\n"

            if text.Contains work || text.Contains "://" then
                failStep "the new paket.lock names a place of this machine or a host"

            File.WriteAllText(at "paket.lock", text)
            HaveLocked packages.Length
        finally
            Directory.Delete(work, true)

module CompilerAhead =

    /// Brings the compiler that a Release build compiles ahead with (src/CompileAhead.targets). A source that has none is no failure: builds
    /// are portable then.
    let fetch () =
        let folder = Path.Combine(artifacts, "compiler")
        let project = Path.Combine(folder, "Compiler.csproj")
        Directory.CreateDirectory folder |> ignore

        File.WriteAllText(
            project,
            """<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <Here>$(NETCoreSdkPortableRuntimeIdentifier)</Here>
  </PropertyGroup>
  <ItemGroup Condition="'$(Here)' == 'linux-x64' or '$(Here)' == 'win-x64'">
    <PackageDownload Include="Microsoft.NETCore.App.Crossgen2.$(Here)" Version="[$(BundledNETCoreAppPackageVersion)]" />
  </ItemGroup>
</Project>"""
        )

        let how = [ "--verbosity"; "quiet"; "--source"; Source.current () ]

        if exitCode folder ([ "restore"; project ] @ how @ apart) <> 0 then
            say "no compiler to compile ahead with: Release builds will be portable, and start slower"
