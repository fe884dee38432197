// What the public surface may name, and which files may name the core.
using System.Reflection;
using NUnit.Framework;

namespace Llm.Tests.House;

public sealed class SurfaceTests
{
    private static readonly Assembly _facade = typeof(Model).Assembly;

    [Test]
    public void No_public_signature_mentions_a_type_of_FSharp_or_of_the_core()
    {
        var offenders = Surface.Mentioned(_facade)
            .Where(mention => mention.Type.Assembly.GetName().Name is "FSharp.Core" or "Llm.Core")
            .Select(mention => $"{mention.Where} mentions {mention.Type}")
            .Distinct();

        Assert.That(offenders, Is.Empty);
    }

    [Test]
    public void The_walk_over_the_surface_finds_what_it_looks_for()
    {
        var seen = Surface.Mentioned(typeof(Core.Model).Assembly).Select(mention => mention.Type.Assembly.GetName().Name);

        Assert.That(seen, Does.Contain("FSharp.Core").And.Contain("Llm.Core"));
    }

    [Test]
    public void All_public_types_live_in_one_namespace() =>
        Assert.That(Surface.VisibleTypes(_facade).Select(type => type.Namespace).Distinct(), Is.EqualTo(new[] { "Llm" }));

    [Test]
    public void No_public_type_is_named_as_one_of_the_implicit_usings()
    {
        string[] namespaces =
        [
            "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading",
            "System.Threading.Tasks",
        ];
        var taken = new[] { typeof(object), typeof(HttpClient), typeof(Enumerable), typeof(Console), typeof(Stack<>), typeof(Uri) }
            .SelectMany(type => type.Assembly.GetExportedTypes())
            .Where(type => !type.IsNested && namespaces.Contains(type.Namespace))
            .Select(type => type.Name)
            .ToHashSet();

        var offenders = Surface.VisibleTypes(_facade).Where(type => !type.IsNested && taken.Contains(type.Name)).Select(type => type.Name);

        Assert.That(offenders, Is.Empty);
    }

    [Test]
    public void Exceptions_have_one_root() =>
        Assert.That(
            Surface.VisibleTypes(_facade).Where(type => type.IsSubclassOf(typeof(Exception)) && !type.IsAssignableTo(typeof(LlmException))),
            Is.Empty);

    [Test]
    public void Records_are_sealed_or_abstract() =>
        Assert.That(
            Surface.VisibleTypes(_facade).Where(type => type.GetMethod("<Clone>$") is not null && !type.IsSealed && !type.IsAbstract),
            Is.Empty);

    [Test]
    public void Asynchronous_methods_take_a_token_last()
    {
        var offenders = Surface.VisibleTypes(_facade)
            .SelectMany(Surface.VisibleMembers)
            .OfType<MethodInfo>()
            .Where(method => method.Name.EndsWith("Async", StringComparison.Ordinal) && method.Name != nameof(IAsyncDisposable.DisposeAsync))
            .Where(method => method.GetParameters() is not [.., { HasDefaultValue: true } last]
                || last.ParameterType != typeof(CancellationToken))
            .Select(method => $"{method.DeclaringType}.{method.Name}");

        Assert.That(offenders, Is.Empty);
    }
}
