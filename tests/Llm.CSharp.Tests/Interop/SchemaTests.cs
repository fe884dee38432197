// The same thing said in F# and in C# is the same JSON: schemas of equal types, values of equal records, tools of equal functions.
using FsCheck;
using FsCheck.Fluent;
using Llm.FsCheck;
using Llm.Interop;
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;
using NUnit.Framework;

namespace Llm.Tests.Interop;

public sealed class SchemaTests
{
    private static readonly IArbMap _generators = ArbMap.Default.Merge<Arbitraries>();

    private static readonly FSharpFunc<System.Reflection.Assembly, Core.Documentation> _noComments =
        FuncConvert.FromFunc<System.Reflection.Assembly, Core.Documentation>(_ => Core.DocumentationModule.none);

    [TestCase(typeof(Core.ToolCall), typeof(ToolCall))]
    [TestCase(typeof(Core.Warning), typeof(Warning))]
    [TestCase(typeof(Core.RateLimit), typeof(RateLimit))]
    [TestCase(typeof(Core.RateLimits), typeof(RateLimits))]
    [TestCase(typeof(FSharpList<Core.RateLimits>), typeof(IReadOnlyList<RateLimits>))]
    [TestCase(typeof(FSharpMap<string, Core.Warning>), typeof(IReadOnlyDictionary<string, Warning>))]
    [TestCase(typeof(FSharpOption<int>), typeof(int?))]
    public void Equal_types_have_equal_schemas(Type ofFSharp, Type ofCSharp) =>
        Assert.That(Schema(ofCSharp), Is.EqualTo(Schema(ofFSharp)));

    [Test]
    public void Equal_records_are_written_and_read_alike() =>
        Prop.ForAll<Core.ToolCall>(
                _generators.ArbFor<Core.ToolCall>(),
                call =>
                {
                    Core.Shape ofFSharp = Shape(typeof(Core.ToolCall));
                    Core.Shape ofCSharp = Shape(typeof(ToolCall));
                    ToolCall same = ToolMapping.ToFacade(call);
                    Core.Json json = Core.ShapeModule.encode(call, ofFSharp);

                    Assert.That(Core.ShapeModule.encode(same, ofCSharp), Is.EqualTo(json));
                    Assert.That(Core.ShapeModule.decode(json, ofCSharp).ResultValue, Is.EqualTo(same));
                })
            .QuickCheckThrowOnFailure();

    [Test]
    public void A_lambda_a_record_and_a_function_of_FSharp_are_the_same_tool()
    {
        string lambda = Tool.Create((string Id, string Name, string Arguments) => Id, "show").Parameters;
        string ofFSharp = Core.JsonModule.text(
            Core.ToolModule.create("show", "show", FuncConvert.FromFunc<Core.ToolCall, string>(call => call.Id)).Definition.Parameters);

        Assert.That(Properties(lambda), Is.EqualTo(Properties(ofFSharp)));
        Assert.That(Properties(Tool.Create((Core.ToolCall call) => call.Id, "show").Parameters), Is.EqualTo(Properties(ofFSharp)));
        Assert.That(Tool.Create((Core.RateLimit limit) => 1, "show").Parameters, Is.EqualTo(Format.For<Core.RateLimit>().Schema));
    }

    [Test]
    public void Descriptions_are_part_of_a_format_and_of_a_tool_alike() =>
        Assert.That(Format.For<Told>().Schema, Is.EqualTo(Tool.Create((Told told) => 1, "tell").Parameters));

    public sealed record Told([property: System.ComponentModel.Description("What.")] string Text);

    private static string Schema(Type type) => Core.JsonModule.text(Shape(type).Schema);

    private static Core.Shape Shape(Type type)
    {
        FSharpResult<Core.Shape, FSharpList<Core.ShapeProblem>> result = Core.ShapeModule.derive(_noComments, type);
        Assert.That(result.IsOk, Is.True, type.Name);
        return result.ResultValue;
    }

    /// <summary>Names, types and what is required, whatever is said of them.</summary>
    private static string Properties(string schema)
    {
        var root = System.Text.Json.Nodes.JsonNode.Parse(schema)!.AsObject();
        root.Remove("title");
        root.Remove("description");

        foreach (var property in root["properties"]!.AsObject())
            property.Value!.AsObject().Remove("description");

        return root.ToJsonString();
    }
}
