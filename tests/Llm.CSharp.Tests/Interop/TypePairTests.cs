// One schema for one meaning: however types of F# and C# that mean the same are nested, their schemas are equal.
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;
using NUnit.Framework;

namespace Llm.Tests.Interop;

public sealed class TypePairTests
{
    /// <summary>A type of F# and the type of C# that means the same.</summary>
    public sealed record TypePair(Type OfFSharp, Type OfCSharp);

    public sealed record Sized(string Name, long Size);

    private static readonly FSharpFunc<System.Reflection.Assembly, Core.Documentation> _noComments =
        FuncConvert.FromFunc<System.Reflection.Assembly, Core.Documentation>(_ => Core.DocumentationModule.none);

    private static readonly TypePair[] _leaves =
    [
        new(typeof(int), typeof(int)),
        new(typeof(string), typeof(string)),
        new(typeof(bool), typeof(bool)),
        new(typeof(decimal), typeof(decimal)),
        new(typeof(Guid), typeof(Guid)),
        new(typeof(FSharpOption<long>), typeof(long?)),
        new(typeof(FSharpValueOption<double>), typeof(double?)),
        new(typeof(Core.ToolCall), typeof(ToolCall)),
        new(typeof(Core.Warning), typeof(Warning)),
        new(typeof(Core.RateLimit), typeof(RateLimit)),
        new(typeof(Core.RateLimits), typeof(RateLimits)),
        new(typeof(Core.ProviderTool), typeof(ProviderTool)),
    ];

    private static readonly Type[] _lists =
        [typeof(List<>), typeof(IReadOnlyList<>), typeof(IEnumerable<>), typeof(IList<>), typeof(IReadOnlyCollection<>)];

    [Test]
    public void Equal_types_have_equal_schemas_however_they_nest() =>
        Prop.ForAll(
                Pairs(3).ToArbitrary(),
                pair => Assert.That(Schema(pair.OfCSharp), Is.EqualTo(Schema(pair.OfFSharp)), $"{pair.OfCSharp}"))
            .QuickCheckThrowOnFailure();

    [Test]
    public void Types_that_differ_have_schemas_that_differ() =>
        Assert.That(Schema(typeof(List<Sized>)), Is.Not.EqualTo(Schema(typeof(FSharpList<Core.RateLimit>))));

    private static Gen<TypePair> Pairs(int depth)
    {
        Gen<TypePair> leaf = Gen.Elements(_leaves);

        if (depth == 0)
            return leaf;

        Gen<TypePair> inner = Pairs(depth - 1);

        return Gen.OneOf(
            leaf,
            from item in inner
            from list in Gen.Elements(_lists)
            select new TypePair(typeof(FSharpList<>).MakeGenericType(item.OfFSharp), list.MakeGenericType(item.OfCSharp)),
            from item in inner
            select new TypePair(item.OfFSharp.MakeArrayType(), item.OfCSharp.MakeArrayType()),
            from item in inner
            from map in Gen.Elements(typeof(Dictionary<,>), typeof(IReadOnlyDictionary<,>), typeof(IDictionary<,>))
            select new TypePair(
                typeof(FSharpMap<,>).MakeGenericType(typeof(string), item.OfFSharp),
                map.MakeGenericType(typeof(string), item.OfCSharp)),
            from first in inner
            from second in inner
            select new TypePair(
                typeof(Tuple<,>).MakeGenericType(first.OfFSharp, second.OfFSharp),
                typeof(ValueTuple<,>).MakeGenericType(first.OfCSharp, second.OfCSharp)));
    }

    private static string Schema(Type type)
    {
        FSharpResult<Core.Shape, FSharpList<Core.ShapeProblem>> result = Core.ShapeModule.derive(_noComments, type);
        Assert.That(result.IsOk, Is.True, type.ToString());
        return Core.JsonModule.text(result.ResultValue.Schema);
    }
}
