// To be written.
namespace Llm.Core

module internal ResponsesDialectStub =
    let private unused = ()
