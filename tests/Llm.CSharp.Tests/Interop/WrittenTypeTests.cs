// Types of C# as they are written: parameters that are nullable only where they say so, and classes that list their kinds.
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.FSharp.Core;
using NUnit.Framework;

namespace Llm.Tests.Interop;

public sealed class WrittenTypeTests
{
    public sealed record Item(string Name);

    public sealed record Page<T>(IReadOnlyList<T> All, T First, T? Last, Dictionary<string, T?> Named, T?[] Some, KeyValuePair<T, int?> Pair, int? Size)
        where T : notnull;

    public sealed record PageOfItems(
        IReadOnlyList<Item> All,
        Item First,
        Item? Last,
        Dictionary<string, Item?> Named,
        Item?[] Some,
        KeyValuePair<Item, int?> Pair,
        int? Size);

    public class Loose<T>
    {
        public required T Value { get; init; }

        public required List<T> Values { get; init; }
    }

    public sealed class Closed : Loose<Item>;

    public sealed record ClosedByHand(Item Value, List<Item> Values);

    [JsonDerivedType(typeof(Auto), nameof(Auto))]
    [JsonDerivedType(typeof(None), nameof(None))]
    [JsonDerivedType(typeof(Required), nameof(Required))]
    [JsonDerivedType(typeof(One), nameof(One))]
    public abstract record Choice
    {
        public sealed record Auto : Choice;

        public sealed record None : Choice;

        public sealed record Required : Choice;

        public sealed record One([property: JsonPropertyName("name")] string Name) : Choice;
    }

    [JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
    [JsonDerivedType(typeof(Leaf), "leaf")]
    [JsonDerivedType(typeof(Fork), "fork")]
    public abstract record Tree;

    public sealed record Leaf : Tree;

    public sealed record Fork(Tree Left, Tree? Right) : Tree;

    [JsonDerivedType(typeof(Counted), "counted")]
    public abstract record Amount;

    public sealed record Counted : Amount
    {
        public Counted(int number) => Number = number > 0 ? number : throw new ArgumentException("it is not positive");

        public int Number { get; }
    }

    [Test]
    public void A_type_parameter_is_nullable_only_where_it_says_so()
    {
        Assert.That(Format.For<Page<Item>>().Schema, Is.EqualTo(Format.For<PageOfItems>().Schema));
        Assert.That(Format.For<Closed>().Schema, Is.EqualTo(Format.For<ClosedByHand>().Schema));
        Assert.That(Format.For<Closed>().TryParse("""{"Value":null,"Values":[]}""").IsSuccess, Is.False);
    }

    [Test]
    public void A_class_that_lists_its_kinds_is_the_union_that_means_the_same()
    {
        Assert.That(Schema(typeof(Choice)), Is.EqualTo(Schema(typeof(Core.ToolChoice))));
        Assert.That(Format.For<Choice>().Parse("""{"output":{"kind":"One","name":"find"}}"""), Is.EqualTo(new Choice.One("find")));
        Assert.That(Format.For<Choice>().Parse("""{"output":"Auto"}"""), Is.EqualTo(new Choice.Auto()));
    }

    /// <summary>Without what comments say, which the two have each their own.</summary>
    private static string Schema(Type type)
    {
        var silent = FuncConvert.FromFunc<Assembly, Core.Documentation>(_ => Core.DocumentationModule.none);
        return Core.JsonModule.text(Core.ShapeModule.derive(silent, type).ResultValue.Schema);
    }

    [Test]
    public async Task Its_kinds_may_hold_each_other_and_go_both_ways()
    {
        Tool mirror = Tool.Create(
            Tree (Tree tree) => tree is Fork { Right: { } right } fork ? new Fork(right, fork.Left) : tree,
            "mirror");

        ToolOutput output = await mirror.RunAsync(
            new("1", "mirror", """{"tree":{"type":"fork","left":{"type":"leaf"},"right":{"type":"fork","left":{"type":"leaf"}}}}"""));

        Assert.That(
            JsonElement.DeepEquals(
                JsonDocument.Parse(output.Result).RootElement,
                JsonDocument.Parse("""{"type":"fork","Left":{"type":"fork","Left":{"type":"leaf"}},"Right":{"type":"leaf"}}""").RootElement),
            output.Result);
    }

    [Test]
    public void What_a_kind_refuses_is_a_problem_with_its_place()
    {
        Assert.That(Format.For<Amount>().Parse("""{"output":{"kind":"counted","Number":1}}"""), Is.EqualTo(new Counted(1)));

        LlmException? refused = Format.For<Amount>().TryParse("""{"output":{"kind":"counted","Number":0}}""").Error;
        Assert.That(refused?.Message, Does.Contain("$.output: it is not positive"));
    }
}
